import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from './auth.errors.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import { parseBearer } from './authorization.js';
import { TokenVerifier } from './token-verifier.js';

/** Says who is asking: the same on every door. */
@Injectable()
export class Authenticator {
  constructor(private readonly verifier: TokenVerifier) {}

  /**
   * @param authorization what `findAuthorization` found. Empty counts as absent: clients that hold no token send that.
   * @returns null where nobody claims to be anybody
   * @throws UnauthenticatedError (UNAUTHENTICATED) for anything but a valid token
   * @throws KeySetUnavailableError (SERVICE_UNAVAILABLE) when the OpenID provider's keys cannot be had
   */
  async authenticate(authorization: unknown): Promise<AuthenticatedUser | null> {
    if (authorization === undefined || authorization === null || authorization === '') return null;
    const token = parseBearer(authorization);
    if (token === null) throw new UnauthenticatedError();
    return this.verifier.verify(token);
  }
}
