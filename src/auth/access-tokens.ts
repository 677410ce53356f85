import type { TokenUser } from './authenticated-user.js';

/** Finds out whose an access token is. What knows them stands above this folder. */
export abstract class AccessTokens {
  /**
   * @param token begins with `ks_`
   * @throws TokenRefusedError (UNAUTHENTICATED) for one that is malformed, unknown, expired or revoked
   * @throws DatabaseUnavailableError (SERVICE_UNAVAILABLE) where that cannot be found out
   */
  abstract verify(token: string): Promise<TokenUser>;

  /** Tells of a use of a token that was verified before. Takes no time, and never throws. */
  abstract noteUse(userId: string, tokenId: string): void;
}
