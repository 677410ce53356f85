import { Logger } from '@nestjs/common';
import { MAX } from 'uuid';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import type { AuditKeyring } from './audit-keyring.js';
import type { AuditTrail } from './audit-trail.js';
import { isMacOf } from './chain-check.js';
import { selectLastLinked } from './check-statements.js';
import { firstIdAt, momentOf } from './first-id-at.js';
import { Links } from './links.js';
import { type Chains, readChains } from './take-checkpoint.js';
import { unlinkedRows } from './unlinked-rows.js';

/** Before a row that is linked there may be later ones whose ids are lower, for so long, in milliseconds. */
export const LATE_MS = 7_200_000;
const PAGE = 2_000;

/** Ends the chains of servers that are gone, and links the rows that they had no time to link. */
export class DeadChains {
  readonly #logger = new Logger(DeadChains.name);
  readonly #links: Links;
  #chains: Chains | null = null;
  #isDone = false;

  /** @param presence null: there is no other server, so whatever is open at a start belongs to one that is gone */
  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly trail: AuditTrail,
    private readonly presence: ServerPresence | null,
  ) {
    this.#links = new Links(database);
  }

  /** @throws DatabaseUnavailableError, RedisUnavailableError SERVICE_UNAVAILABLE: what is done is done */
  async close(): Promise<void> {
    // Two that share a database without Redis, by mistake or while one takes the other's place, do not fight.
    if (this.presence === null && this.#isDone) return;
    this.#chains = await readChains(this.#links, this.#chains);
    for (const [writer, { server, generation }] of this.#chains.open) {
      if (server === this.trail.server || (await this.isAlive(server))) continue;
      // What it left is looked for first: once the chain is closed, nobody comes back to it.
      await this.linkRows(await this.lastMomentOf(writer), generation);
      if (await this.#links.close(this.keyring.current, writer))
        this.#logger.log(`The audit trail's chain ${writer} was closed: its server is gone`);
    }
    this.#isDone = true;
  }

  /**
   * Links the rows that have no link, of those that came after a moment. With keys that were given up, somebody else may have
   * made them: no row is linked that is.
   *
   * @param generation of the keys that a server which is gone had
   */
  async linkRows(since: number, generation = this.keyring.current.generation): Promise<void> {
    const generations = new Set<number | null>([generation, this.keyring.current.generation]);
    const after = firstIdAt(since - LATE_MS);
    for await (const row of unlinkedRows(this.database, { after, upTo: MAX, page: PAGE })) {
      const { id, mac, eventGeneration, texts } = row;
      // One that no server wrote is left as it is, and found by a verification.
      if (generations.has(eventGeneration) && isMacOf(this.keyring, mac, eventGeneration, texts))
        this.trail.committed([{ id, mac }]);
    }
    await this.trail.flush();
  }

  private async isAlive(server: string): Promise<boolean> {
    if (this.presence === null) return false;
    return !this.presence.canTellDead || (await this.presence.isAlive(server));
  }

  private async lastMomentOf(writer: string): Promise<number> {
    const [last] = await this.database.run<{ id: string }>(selectLastLinked, [writer]);
    return momentOf(last?.id ?? writer);
  }
}
