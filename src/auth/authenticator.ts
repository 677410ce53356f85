import type { IncomingMessage } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { BoundedLines } from '../common/bounded-lines.js';
import { TrustedProxies } from '../edge/trusted-proxies.js';
import { ACCESS_TOKEN_PREFIX } from '../common/access-token.js';
import { AccessTokens } from './access-tokens.js';
import { TokenRefusedError } from './auth.errors.js';
import type { AuthenticatedUser, TokenUser } from './authenticated-user.js';
import { parseBearer } from './authorization.js';
import { FailingTokens } from './failing-tokens.js';
import { wrongUnit, wrongUnitBounds } from './millisecond-claims.js';
import { TokenVerifier } from './token-verifier.js';
import { TokenWatch } from './token-watch.js';

/** Says who is asking: the same on every door. */
@Injectable()
export class Authenticator {
  readonly #logger = new Logger(Authenticator.name);
  readonly #lines = new BoundedLines(this.#logger, wrongUnitBounds);

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly failures: FailingTokens,
    private readonly proxies: TrustedProxies,
    private readonly watch: TokenWatch,
    private readonly accessTokens: AccessTokens,
  ) {}

  /**
   * @param authorization what `findAuthorization` found. Empty counts as absent: clients that hold no token send that.
   * @param request that it came with: a bad token is counted for its address
   * @returns null where the request brings no token
   * @throws UnauthenticatedError (UNAUTHENTICATED) for anything but a valid token
   * @throws KeySetUnavailableError (SERVICE_UNAVAILABLE) when the OpenID provider's keys cannot be had;
   *   DatabaseUnavailableError when access tokens cannot be looked up
   */
  async authenticate(authorization: unknown, request: IncomingMessage): Promise<AuthenticatedUser | null> {
    if (authorization === undefined || authorization === null || authorization === '') return null;
    try {
      const token = parseBearer(authorization);
      if (token === null) throw new TokenRefusedError('not of the form Bearer <token>');
      return { ...(await this.#verify(token)), network: this.proxies.networkOf(request) };
    } catch (error) {
      if (error instanceof TokenRefusedError) {
        // Clients find out by trying that their token has expired.
        if (!error.hasExpired) this.watch.onRefused(this.proxies.networkOf(request), authorization);
        // A flood of bad tokens is no flood of lines.
        if (!this.failures.count(request)) this.#report(error);
      }
      throw error;
    }
  }

  /**
   * Counts a request that is refused, where its token was not counted before: it has none.
   *
   * @returns whether so many of its address were refused that its connection is to be closed at once
   */
  countFailure(request: IncomingMessage): boolean {
    return this.failures.count(request);
  }

  /** Tells of a later use of a token, on a connection that it opened. */
  noteUse({ userId, accessToken }: AuthenticatedUser): void {
    if (accessToken) this.accessTokens.noteUse(userId, accessToken.id);
  }

  #verify(token: string): Promise<TokenUser> {
    const verifier = token.startsWith(ACCESS_TOKEN_PREFIX) ? this.accessTokens : this.verifier;
    return verifier.verify(token);
  }

  #report({ reason, millisecondClaims }: TokenRefusedError): void {
    this.#logger.debug(`A token was refused: ${reason}.`);
    if (millisecondClaims.length > 0)
      this.#lines.warn(wrongUnit(millisecondClaims, 'it is refused for that'));
  }
}
