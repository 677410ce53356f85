import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { heirOf } from '../audit/writer/month-counts.js';
import { Config } from '../config/config.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { Statement } from '../prisma/statement.js';

/** How often a server looks for reservations that no chat will settle, in milliseconds, at the most. */
const LONGEST_ROUND_MS = 60_000;
/** A chat that took as long as it may writes its end before that, in milliseconds. */
const GRACE_MS = 1_000;

/**
 * Keys are locked before reservations, as the writer does it; what another transaction has locked is left for later. $1 is
 * the user, or null for all of them.
 */
const releaseExpired: Statement = {
  name: 'release-reservations',
  sql: `
  WITH expired AS (
    SELECT chat_id, key_id, user_id FROM key_reservations
    WHERE made_at < $2::timestamptz AND ($1::text IS NULL OR user_id = $1)
    ORDER BY made_at LIMIT 1000
  ), locked AS MATERIALIZED (
    SELECT id, user_id, status, replaced_by_id FROM api_keys
    WHERE (user_id, id) IN (SELECT user_id, key_id FROM expired)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
  ), released AS (
    DELETE FROM key_reservations AS reservation USING expired, locked
    WHERE reservation.chat_id = expired.chat_id AND reservation.key_id = expired.key_id
      AND locked.id = reservation.key_id AND locked.user_id = reservation.user_id
    RETURNING reservation.user_id, month, tokens, cost,
      ${heirOf('locked.status', 'locked.id')} AS id
  ), freed AS (
    SELECT user_id, id, month, sum(tokens) AS tokens, sum(cost) AS cost FROM released GROUP BY 1, 2, 3
  ), changed AS (
    UPDATE api_keys SET
      used_tokens = greatest(0, used_tokens - CASE WHEN used_month = freed.month THEN freed.tokens ELSE 0 END),
      used_cost = greatest(0, used_cost - CASE WHEN cost_month = freed.month THEN freed.cost ELSE 0 END)
    FROM freed
    WHERE api_keys.user_id = freed.user_id AND api_keys.id = freed.id AND freed.month IN (used_month, cost_month)
  )
  SELECT count(*)::integer AS count FROM released`,
};

/**
 * Gives back what was reserved of keys' months for chats that have no end: their server was killed. No chat lasts longer
 * than CHAT_MAX_DURATION_MS.
 */
@Injectable()
export class KeyReservations implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(KeyReservations.name);
  readonly #longestChatMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: DatabaseService,
    { chat }: Config,
  ) {
    this.#longestChatMs = chat.maxDurationMs + GRACE_MS;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(
      () => void this.#releaseAll(),
      Math.min(LONGEST_ROUND_MS, this.#longestChatMs),
    ).unref();
  }

  onApplicationShutdown(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** @returns whether there was anything to give back @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  release(userId: string): Promise<boolean> {
    return this.#release(userId);
  }

  async #releaseAll(): Promise<void> {
    // The next round tries again; what is not released before is released by the request that needs it.
    await this.#release(null).catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'Reservations of keys could not be given back. It is tried again'),
    );
  }

  async #release(userId: string | null): Promise<boolean> {
    const before = new Date(Date.now() - this.#longestChatMs).toISOString();
    const [row] = await this.database.run<{ count: number }>(releaseExpired, [userId, before]);
    return (row?.count ?? 0) > 0;
  }
}
