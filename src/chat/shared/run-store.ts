import type { RedisConnection } from '../../redis/redis-connection.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { ChatNotFoundError } from '../run/chat.errors.js';
import type { TerminalEvent } from '../run/chat-event.js';
import type { RunIdentity, RunSealer } from './run-sealer.js';
import { runKeyOf } from './run-key.js';
import { ClaimStore } from './claim-store.js';
import { type ControlMessage, formatControl, parseControl } from './control-message.js';
import { LostRuns } from './lost-runs.js';
import { type KeepTimes, OwnRuns } from './own-runs.js';
import { controlName, runNames } from './shared-names.js';
import { BrokenRunError } from './broken-run.error.js';
import { RunWriter } from './run-writer.js';
import { openEnd, openPage, openRun, type ReadReply, type SharedPage, type SharedRun } from './run-page.js';
import { cursorsScript, readScript, writeScript } from './shared-scripts.js';

/** Entries that are read at a time, and characters of them: opening them holds up everything else. */
const PAGE_LENGTH = 16;
const PAGE_CHARACTERS = 512 * 1024;
/** Servers whose watchers are looked at. */
const MAX_SERVERS = 1_000;

/**
 * Runs as all servers see them, and the one owner of what Redis has of them. Every method is about one user's run;
 * another user's is not there.
 *
 * One script writes what belongs to a run. What else Redis has of it has slots of its own in a cluster: that is written
 * before the run begins and after its end.
 */
export class RunStore {
  readonly claims: ClaimStore;
  readonly lost: LostRuns;
  readonly #own: OwnRuns;
  readonly #write: (...args: readonly (string | number)[]) => Promise<number>;
  readonly #read: (...args: readonly (string | number)[]) => Promise<ReadReply | null>;
  readonly #cursors: (...args: readonly (string | number)[]) => Promise<string[]>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly presence: ServerPresence,
    private readonly sealer: RunSealer,
    private readonly keep: KeepTimes,
  ) {
    this.claims = new ClaimStore(redis);
    this.lost = new LostRuns(redis, sealer, this.claims, keep);
    this.#own = new OwnRuns(redis, presence.serverId, this.claims, keep);
    this.#write = redis.define<number>('chatwrite', writeScript);
    this.#read = redis.define<ReadReply | null>('chatread', readScript);
    this.#cursors = redis.define<string[]>('chatcursors', cursorsScript);
  }

  /** Milliseconds for which Redis has a run at most after it was written to. */
  get longestMs(): number {
    return this.keep.runningMs;
  }

  /** @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  throwIfAway(): void {
    if (!this.isReady) throw new RedisUnavailableError();
  }

  /** Whether another server can take over the watchers of this one. Never throws. */
  async hasOtherServers(): Promise<boolean> {
    return this.presence.hasOthers().catch(() => false);
  }

  get isReady(): boolean {
    return this.redis.isReady;
  }

  /** What writes a run of this server. */
  writerOf(run: RunIdentity): RunWriter {
    const runKey = runKeyOf(run.userId, run.chatId);
    return new RunWriter({
      runKey,
      names: runNames(this.redis, runKey),
      serverId: this.presence.serverId,
      keep: this.keep,
      own: this.#own,
      seal: this.sealer.sealerOf(run),
      sealRecord: (record) => this.sealer.sealRecord(runKey, record),
      runScript: this.#write,
    });
  }

  /**
   * @throws ChatNotFoundError CHAT_NOT_FOUND where there is no such run
   * @throws BrokenRunError CHAT_NOT_FOUND where it is not, and will not be, what its server wrote
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async readEvents(userId: string, chatId: string, afterSeq: number): Promise<SharedPage> {
    const reply = await this.read(userId, chatId, afterSeq);
    return openPage(this.sealer.openerOf({ userId, chatId }), afterSeq, reply);
  }

  /**
   * A run, and how it ended; null where its end is not there.
   *
   * @throws ChatNotFoundError CHAT_NOT_FOUND
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async get(userId: string, chatId: string): Promise<SharedRun & { readonly end: TerminalEvent | null }> {
    const [server, state, , , lastEntry] = await this.read(userId, chatId, null);
    return { ...openRun(server, state), end: this.findEnd({ userId, chatId }, lastEntry) };
  }

  /** Whether there is such a run. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async has(userId: string, chatId: string): Promise<boolean> {
    const { log } = runNames(this.redis, runKeyOf(userId, chatId));
    return (await this.redis.call<number>('EXISTS', log)) === 1;
  }

  /** Deletes what is kept of a run that has ended. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async delete(userId: string, chatId: string): Promise<void> {
    const { meta, log, watchers } = runNames(this.redis, runKeyOf(userId, chatId));
    await this.redis.call('DEL', meta, log, watchers);
  }

  /** Calls back whenever something is added to the run. @returns what ends it */
  onNews(userId: string, chatId: string, listener: () => void): () => void {
    return this.redis.subscribe(runNames(this.redis, runKeyOf(userId, chatId)).news, listener);
  }

  /** Wakes those that listen for news of the run. Never throws. */
  async publishNews(userId: string, chatId: string): Promise<void> {
    const { news } = runNames(this.redis, runKeyOf(userId, chatId));
    await this.redis.call('PUBLISH', news, '').catch(() => undefined);
  }

  /** @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async ask(serverId: string, type: ControlMessage['type'], userId: string, chatId: string): Promise<void> {
    const message = formatControl({ type, runKey: runKeyOf(userId, chatId) });
    await this.redis.call('PUBLISH', controlName(this.redis, serverId), message);
  }

  /** Listens to what others ask of this server. @returns what ends it */
  onControl(listener: (message: ControlMessage) => void): () => void {
    const channel = controlName(this.redis, this.presence.serverId);
    return this.redis.subscribe(channel, (text) => {
      const message = parseControl(text);
      if (message) listener(message);
    });
  }

  onReady(listener: () => void): () => void {
    return this.redis.onReady(listener);
  }

  /** Says to which number the watchers on this server have come; null: there are none. */
  async reportCursor(userId: string, chatId: string, cursor: number | null): Promise<void> {
    const { watchers } = runNames(this.redis, runKeyOf(userId, chatId));
    const { serverId } = this.presence;
    if (cursor === null) {
      await this.redis.call('HDEL', watchers, serverId);
      return;
    }
    // Sent together: where Redis goes away in between, the name would stay for ever.
    await Promise.all([
      this.redis.call('HSET', watchers, serverId, cursor),
      this.redis.call('PEXPIRE', watchers, this.keep.runningMs),
    ]);
  }

  /**
   * To which number the slowest watcher on the other servers has come; null where there is none, as far as is
   * known. Never throws.
   */
  async cursorElsewhere(userId: string, chatId: string): Promise<number | null> {
    const { watchers } = runNames(this.redis, runKeyOf(userId, chatId));
    try {
      const fields = await this.#cursors(watchers, MAX_SERVERS);
      const servers = fields.filter((_, index) => index % 2 === 0);
      const alive = new Set(await this.presence.findAlive(servers));
      const cursors = servers.flatMap((id, index) => (alive.has(id) ? [Number(fields[2 * index + 1])] : []));
      return cursors.length > 0 ? Math.min(...cursors) : null;
    } catch {
      return null;
    }
  }

  /** @param afterSeq null: the last entry is wanted, and no other */
  private async read(userId: string, chatId: string, afterSeq: number | null): Promise<ReadReply> {
    const { meta, log } = runNames(this.redis, runKeyOf(userId, chatId));
    const first = afterSeq === null ? Number.MAX_SAFE_INTEGER : afterSeq + 1;
    const reply = await this.#read(meta, log, first, PAGE_LENGTH, PAGE_CHARACTERS, afterSeq === null ? 1 : 0);
    if (reply === null) throw new ChatNotFoundError();
    return reply;
  }

  private findEnd(run: RunIdentity, lastEntry: readonly string[]): TerminalEvent | null {
    try {
      return openEnd(this.sealer.openerOf(run), lastEntry);
    } catch (error) {
      if (error instanceof BrokenRunError) return null;
      throw error;
    }
  }
}
