import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { KeptChats } from '../chat/kept-chats.js';
import { BadUserInputError } from '../common/input-errors.js';
import { Config } from '../config/config.js';
import { Limits } from '../limits/limits.service.js';
import { MyDataRepository } from './my-data.repository.js';

/** Added to how long anything is kept of a chat, in milliseconds, for clocks that differ. */
const MARGIN_MS = 60_000;

/** All that is kept of a user, together. */
@Injectable()
export class MyDataService {
  readonly #keptMs: number;

  constructor(
    private readonly data: MyDataRepository,
    private readonly audit: AuditRepository,
    private readonly chats: KeptChats,
    private readonly limits: Limits,
    private readonly accessTokens: AccessTokenVerifier,
    { chat }: Config,
  ) {
    this.#keptMs = chat.maxDurationMs + chat.retentionMs + MARGIN_MS;
  }

  /**
   * Stops the user's chats and deletes everything but the audit trail.
   *
   * @param confirmed what the caller says that their id is
   * @returns how many keys were deleted
   * @throws BadUserInputError BAD_USER_INPUT where that is another one; RateLimitedError RATE_LIMITED
   * @throws RedisUnavailableError, DatabaseUnavailableError SERVICE_UNAVAILABLE: then it is to be called again. With Redis
   *   away nothing is deleted
   */
  async delete(userId: string, confirmed: string): Promise<number> {
    if (confirmed !== userId)
      throw BadUserInputError.at('confirmUserId', 'must be your own id, as viewer has it');
    await this.limits.countKeyChange(userId);
    this.chats.throwIfAway();
    await this.#deleteChats(userId);
    const { keys, tokenIds } = await this.data.deleteAll(userId);
    this.accessTokens.forget(tokenIds);
    // What began in between has used a key that is gone now.
    await this.#deleteChats(userId);
    await this.data.deleteLate(userId);
    return keys;
  }

  /** The chats of which anything may be kept. */
  findChats(userId: string): Promise<string[]> {
    return this.audit.findChats(userId, new Date(Date.now() - this.#keptMs));
  }

  async #deleteChats(userId: string): Promise<void> {
    await this.chats.delete(userId, await this.findChats(userId));
  }
}
