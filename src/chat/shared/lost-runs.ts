import type { RedisConnection } from '../../redis/redis-connection.js';
import type { ClaimStore } from './claim-store.js';
import { lostEnd } from './finished-chat.js';
import type { KeepTimes } from './own-runs.js';
import { runKeyOf } from './run-key.js';
import type { RunRecord, RunSealer } from './run-sealer.js';
import { ownRunsName, runNames } from './shared-names.js';
import { endScript, ownRunsScript, recordScript } from './shared-scripts.js';

/** Each null where it is missing or too long to be valid. */
type RecordReply = readonly [
  server: string | null,
  state: string | null,
  last: string | null,
  record: string | null,
];

/** What a run's end is written from. */
export interface LostRun {
  readonly serverId: string | null;
  readonly isRunning: boolean;
  /** The number of its last event, as Redis has it; NaN where that is none. */
  readonly lastSeq: number;
  /** Null where it does not open. */
  readonly record: RunRecord | null;
}

/** A number that a server wrote. */
const NUMBER = /^\d{1,15}$/;

/** The runs of dead servers, for those that end them. Every method may throw RedisUnavailableError. */
export class LostRuns {
  readonly #list: (...args: readonly (string | number)[]) => Promise<string[]>;
  readonly #record: (...args: readonly string[]) => Promise<RecordReply>;
  readonly #end: (...args: readonly (string | number)[]) => Promise<number>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly sealer: RunSealer,
    private readonly claims: ClaimStore,
    private readonly keep: KeepTimes,
  ) {
    this.#list = redis.define<string[]>('chatruns', ownRunsScript);
    this.#record = redis.define<RecordReply>('chatrecord', recordScript);
    this.#end = redis.define<number>('chatend', endScript);
  }

  /** The runs that a server has not ended. */
  list(serverId: string, atMost: number): Promise<string[]> {
    return this.#list(ownRunsName(this.redis, serverId), atMost);
  }

  /** @returns null where nothing is known of it */
  async read(runKey: string): Promise<LostRun | null> {
    const [serverId, state, last, sealed] = await this.#record(runNames(this.redis, runKey).meta);
    if (!sealed) return null;
    const record = this.sealer.openRecord(runKey, runKey.slice(runKey.indexOf(':') + 1), sealed);
    const lastSeq = last !== null && NUMBER.test(last) ? Number(last) : NaN;
    return { serverId, isRunning: state === 'running', lastSeq, record };
  }

  /**
   * Ends a run, which stays among its server's runs until its end is in the audit trail.
   *
   * @param lastSeq the number of its last event, as Redis has it
   * @returns false where it has changed meanwhile, or cannot be ended
   */
  async end(serverId: string, { userId, chatId }: RunRecord, lastSeq: number): Promise<boolean> {
    if (Number.isNaN(lastSeq)) return false;
    const { meta, log, news } = runNames(this.redis, runKeyOf(userId, chatId));
    const seq = lastSeq + 1;
    const sealed = this.sealer.sealerOf({ userId, chatId })([lostEnd(chatId, seq)]);
    const { endedMs, runningMs } = this.keep;
    return (await this.#end(meta, log, serverId, lastSeq, seq, sealed, endedMs, news, runningMs)) === 1;
  }

  /** Keeps the claim of a run that has ended for as long as the run. */
  async keepClaim(name: string): Promise<void> {
    await this.claims.extend(name, this.keep.endedMs);
  }

  /** Removes a run that no server can read, or end. */
  async drop(runKey: string): Promise<void> {
    const { meta, log } = runNames(this.redis, runKey);
    await this.redis.call('DEL', meta, log);
  }

  /** The run has its end, and that is written down. */
  async forget(serverId: string, runKey: string): Promise<void> {
    await this.redis.call('SREM', ownRunsName(this.redis, serverId), runKey);
  }
}
