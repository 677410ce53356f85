import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { AppError } from '../common/app-error.js';
import { BoundedLines } from '../common/bounded-lines.js';
import type { AuthenticationConfig } from '../config/authentication.js';
import { Config } from '../config/config.js';
import type { ServerKeysRule } from '../config/server-keys.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { KeySetUnavailableError, TokenRefusedError } from './auth.errors.js';
import type { TokenUser } from './authenticated-user.js';
import { claimsInMilliseconds, wrongUnit, wrongUnitBounds } from './millisecond-claims.js';
import { remoteKeySet } from './remote-key-set.js';
import { mayUseServerKeys } from './server-key-right.js';
import { isUserId } from './user-id.js';
import { VerifiedTokens } from './verified-tokens.js';

const CLOCK_LEEWAY_SECONDS = 15;

/** Signatures with a key pair. HS256 is not among them: a public key must not pass for a shared secret. */
const KEY_PAIR_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
];

/** Finds out whose a token is (RFC 7519), by the shared secret or by the OpenID provider's keys, never by both. */
@Injectable()
export class TokenVerifier implements OnApplicationShutdown {
  readonly #logger = new Logger(TokenVerifier.name);
  /** Each token that comes while the key set is away would say so. */
  readonly #keySetAway = new BoundedLines(this.#logger);
  readonly #wrongUnit = new BoundedLines(this.#logger, wrongUnitBounds);
  readonly #verified = new VerifiedTokens();
  private readonly getKey: JWTVerifyGetKey;
  private readonly options: JWTVerifyOptions;
  private readonly serverKeysFor: ServerKeysRule;

  /** @param http a client of its own, unless one is shared */
  constructor({ authentication, serverKeysFor }: Config, http: OutboundHttp = new OutboundHttp()) {
    this.getKey =
      authentication.kind === 'key-set'
        ? remoteKeySet(authentication.url, http)
        : () => authentication.secret;
    this.options = verifyOptions(authentication);
    this.serverKeysFor = serverKeysFor;
  }

  /**
   * @throws TokenRefusedError (UNAUTHENTICATED) for every fault of the token
   * @throws KeySetUnavailableError (SERVICE_UNAVAILABLE) when the OpenID provider's keys cannot be had
   */
  async verify(token: string): Promise<TokenUser> {
    const known = this.#verified.find(token);
    if (known) return known;
    try {
      const { payload } = await jwtVerify(token, this.getKey, this.options);
      const user = userOf(payload, this.serverKeysFor);
      this.#warnOfUnit(claimsInMilliseconds(payload));
      this.#verified.keep(token, user);
      return user;
    } catch (error) {
      if (error instanceof KeySetUnavailableError) this.#warnOfKeySet(error);
      if (error instanceof AppError) throw error;
      throw refusalOf(error);
    }
  }

  onApplicationShutdown(): void {
    this.#keySetAway.flush();
  }

  #warnOfUnit(claims: readonly string[]): void {
    if (claims.length === 0) return;
    const isEndless = claims.includes('exp');
    this.#wrongUnit.warn(
      wrongUnit(claims, isEndless ? 'it is valid for thousands of years' : 'it is accepted all the same'),
    );
  }

  #warnOfKeySet({ codes }: KeySetUnavailableError): void {
    this.#keySetAway.warn(`The key set at AUTH_JWKS_URL cannot be fetched or read (${codes.join(', ')}).`);
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

function userOf(payload: JWTPayload, serverKeysFor: ServerKeysRule): TokenUser {
  const { sub, exp } = payload;
  const expiresAt = new Date(((exp ?? Number.NaN) + CLOCK_LEEWAY_SECONDS) * 1000);
  if (Number.isNaN(expiresAt.getTime())) {
    throw new TokenRefusedError('no date is as far away as its exp', ['exp']);
  }
  if (!isUserId(sub)) throw new TokenRefusedError('no valid sub');
  return {
    userId: sub,
    expiresAt,
    mayUseServerKeys: mayUseServerKeys(payload, serverKeysFor),
    accessToken: null,
  };
}

/** jose's error code and the claim's name where it is one of ours, nothing of the token's text. */
function refusalOf(error: unknown): TokenRefusedError {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    const causes = claimsInMilliseconds(error.payload).filter((claim) => claim === error.claim);
    return new TokenRefusedError(
      `${error.code} (${error.claim})`,
      causes,
      error instanceof errors.JWTExpired,
    );
  }
  return new TokenRefusedError(error instanceof errors.JOSEError ? error.code : 'no valid claims');
}
