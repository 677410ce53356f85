import { AppError } from '../common/app-error.js';
import type { AccessScope } from './access-scope.js';

/** The request has no user. Why a token was refused is not said: that would help to forge one. */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED';
  readonly retryable = false;
  override readonly httpStatus = 401;

  constructor() {
    super('A valid token is needed: Authorization: Bearer <token>.');
  }
}

/** A token that is not good. To clients it is the same as none. */
export class TokenRefusedError extends UnauthenticatedError {
  /**
   * @param reason for the log: no text of the token's
   * @param millisecondClaims those of its times that are in milliseconds, if its signature is good
   * @param hasExpired whether it was good once: its signature is, and its time is over
   */
  constructor(
    readonly reason: string,
    readonly millisecondClaims: readonly string[] = [],
    readonly hasExpired = false,
  ) {
    super();
  }
}

/** The OpenID provider's keys cannot be fetched, so a token can be found neither right nor wrong. */
export class KeySetUnavailableError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  /** @param codes of what went wrong (`ECONNREFUSED`, `ERR_JWKS_TIMEOUT`), for the log: never another system's text */
  constructor(readonly codes: readonly string[] = []) {
    super('Tokens cannot be checked at the moment.');
  }
}

/** An access token without the scope that a field or route names. */
export class ScopeMissingError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly retryable = false;
  override readonly httpStatus = 403;

  constructor(scope: AccessScope) {
    super(`This access token lacks the scope that this needs: ${scope}.`);
  }
}

/** What no access token may do. */
export class JwtNeededError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly retryable = false;
  override readonly httpStatus = 403;

  constructor() {
    super('Access tokens cannot do this: it needs a JWT of your identity provider.');
  }
}
