import { Injectable, Logger } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import type { AuthenticationConfig } from '../config/authentication.js';
import { Config } from '../config/config.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { KeySetUnavailableError, UnauthenticatedError } from './auth.errors.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import { remoteKeySet } from './remote-key-set.js';
import { isUserId } from './user-id.js';

const CLOCK_LEEWAY_SECONDS = 15;

/** Signatures with a key pair. HS256 is not among them: a public key must not pass for a shared secret. */
const KEY_PAIR_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
];

/** Finds out whose a token is (RFC 7519), by the shared secret or by the OpenID provider's keys, never by both. */
@Injectable()
export class TokenVerifier {
  private readonly logger = new Logger(TokenVerifier.name);
  private readonly getKey: JWTVerifyGetKey;
  private readonly options: JWTVerifyOptions;

  /** @param http a way out of its own, where nobody has one to share */
  constructor({ authentication }: Config, http: OutboundHttp = new OutboundHttp()) {
    this.getKey =
      authentication.kind === 'key-set'
        ? remoteKeySet(authentication.url, http)
        : () => authentication.secret;
    this.options = verifyOptions(authentication);
  }

  /**
   * @throws UnauthenticatedError (UNAUTHENTICATED) whatever is wrong with the token
   * @throws KeySetUnavailableError (SERVICE_UNAVAILABLE) when the OpenID provider's keys cannot be had
   */
  async verify(token: string): Promise<AuthenticatedUser> {
    try {
      const { payload } = await jwtVerify(token, this.getKey, this.options);
      return userOf(payload);
    } catch (error) {
      if (error instanceof KeySetUnavailableError) {
        this.logger.warn(
          `The key set at AUTH_JWKS_URL cannot be fetched or read (${error.codes.join(', ')}).`,
        );
        throw error;
      }
      this.logger.debug(`A token was refused: ${reasonOf(error)}.`);
      throw new UnauthenticatedError();
    }
  }
}

function verifyOptions(authentication: AuthenticationConfig): JWTVerifyOptions {
  const { issuer, audience } = authentication;
  return {
    algorithms: authentication.kind === 'key-set' ? KEY_PAIR_ALGORITHMS : ['HS256'],
    clockTolerance: CLOCK_LEEWAY_SECONDS,
    requiredClaims: ['sub', 'exp'],
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  };
}

function userOf({ sub, exp }: JWTPayload): AuthenticatedUser {
  const expiresAt = new Date(((exp ?? Number.NaN) + CLOCK_LEEWAY_SECONDS) * 1000);
  if (!isUserId(sub) || Number.isNaN(expiresAt.getTime())) throw new UnauthenticatedError();
  return { userId: sub, expiresAt };
}

/** For the operator: jose's error code and the claim's name where it is one of ours, nothing of the token's text. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code} (${error.claim})`;
  }
  return error instanceof errors.JOSEError ? error.code : 'no valid claims';
}
