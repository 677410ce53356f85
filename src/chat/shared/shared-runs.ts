import type { RedisConnection } from '../../redis/redis-connection.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { ChatNotFoundError } from '../run/chat.errors.js';
import type { ChatEvent, TerminalEvent } from '../run/chat-event.js';
import type { SharedClaim } from '../claims/request-claims.js';
import type { RunRecord, RunSealer } from './run-sealer.js';
import { runKeyOf } from './run-key.js';
import { controlName, ownRunsName, runNames } from './shared-names.js';
import { BrokenRunError } from './broken-run.error.js';
import { openEnd, openPage, openRun, type ReadReply, type SharedPage, type SharedRun } from './run-page.js';
import { readScript, slowestScript, writeScript } from './shared-scripts.js';

/** Entries that are read at a time, and characters of them: opening them holds up everything else. */
const PAGE_LENGTH = 16;
const PAGE_CHARACTERS = 512 * 1024;
/** Servers whose watchers are looked at. */
const MAX_SERVERS = 1_000;
/** Longer than any message of ours. */
const MAX_MESSAGE_LENGTH = 200;

/** What one server asks of the owner of a run. */
export interface ControlMessage {
  /**
   * `stop`: its client wants it to end. `left`: the last watcher on a server is gone. `show`: a watcher has heard nothing
   * for a while, and wants to see that somebody runs it.
   */
  readonly type: 'stop' | 'left' | 'show';
  readonly runKey: string;
}

export interface EventsToWrite {
  readonly userId: string;
  readonly events: readonly ChatEvent[];
  /** Null: as it was written before. */
  readonly record: RunRecord | null;
  readonly claim: SharedClaim | null;
  readonly isEnd: boolean;
  /** The first number to keep. */
  readonly keepFrom: number;
}

export interface KeepTimes {
  /** Milliseconds for which a run is kept after it was written to the last time. */
  readonly runningMs: number;
  /** Milliseconds for which it is kept after its end. */
  readonly endedMs: number;
}

/** Runs as all servers see them. Every method is about one user's run; another user's is not there. */
export class SharedRuns {
  readonly #write: (...args: readonly (string | number)[]) => Promise<number>;
  readonly #read: (...args: readonly (string | number)[]) => Promise<ReadReply | null>;
  readonly #slowest: (...args: readonly (string | number)[]) => Promise<number | null>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly presence: ServerPresence,
    private readonly sealer: RunSealer,
    private readonly keep: KeepTimes,
  ) {
    this.#write = redis.define<number>('chatwrite', writeScript);
    this.#read = redis.define<ReadReply | null>('chatread', readScript);
    this.#slowest = redis.define<number | null>('chatslowest', slowestScript);
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

  /**
   * @returns WRITTEN, FENCED or LOST
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE: it may be written or not, and can be written again
   */
  writeEvents(
    runKey: string,
    { userId, events, record, claim, isEnd, keepFrom }: EventsToWrite,
  ): Promise<number> {
    const names = runNames(this.redis, runKey);
    return this.#write(
      names.meta,
      names.log,
      ownRunsName(this.redis, this.presence.serverId),
      claim?.name ?? names.meta,
      this.presence.serverId,
      events[0]?.seq ?? 0,
      events.at(-1)?.seq ?? 0,
      this.sealer.sealEvents(userId, events),
      record ? this.sealer.sealRecord(runKey, record) : '',
      isEnd ? 1 : 0,
      isEnd ? this.keep.endedMs : this.keep.runningMs,
      keepFrom,
      names.news,
      runKey,
      claim?.sealed ?? '',
    );
  }

  /**
   * @throws ChatNotFoundError CHAT_NOT_FOUND where there is no such run
   * @throws BrokenRunError CHAT_NOT_FOUND where it is not, and will not be, what its server wrote
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async readEvents(userId: string, chatId: string, afterSeq: number): Promise<SharedPage> {
    const reply = await this.read(userId, chatId, afterSeq);
    return openPage(this.sealer, { userId, chatId }, afterSeq, reply);
  }

  /**
   * A run, and how it ended; null where its end is not there.
   *
   * @throws ChatNotFoundError CHAT_NOT_FOUND
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async get(userId: string, chatId: string): Promise<SharedRun & { readonly end: TerminalEvent | null }> {
    const [server, state, , , lastEntry] = await this.read(userId, chatId, null);
    return { ...openRun(server, state), end: this.findEnd(userId, chatId, lastEntry) };
  }

  /** Whether there is such a run. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async has(userId: string, chatId: string): Promise<boolean> {
    const { meta } = runNames(this.redis, runKeyOf(userId, chatId));
    return (await this.redis.call<number>('EXISTS', meta)) === 1;
  }

  /** Calls back whenever something is added to the run. @returns what ends it */
  onNews(userId: string, chatId: string, listener: () => void): () => void {
    return this.redis.subscribe(runNames(this.redis, runKeyOf(userId, chatId)).news, listener);
  }

  /** Tells whoever waits for the run that something about it has changed. Never throws. */
  async tellNews(userId: string, chatId: string): Promise<void> {
    const { news } = runNames(this.redis, runKeyOf(userId, chatId));
    await this.redis.call('PUBLISH', news, '').catch(() => undefined);
  }

  /** @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async ask(serverId: string, type: ControlMessage['type'], userId: string, chatId: string): Promise<void> {
    const message = `${type} ${runKeyOf(userId, chatId)}`;
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
  async tellWatchers(userId: string, chatId: string, cursor: number | null): Promise<void> {
    const { watchers } = runNames(this.redis, runKeyOf(userId, chatId));
    const { serverId } = this.presence;
    if (cursor === null) {
      await this.redis.call('HDEL', watchers, serverId);
      return;
    }
    await this.redis.call('HSET', watchers, serverId, cursor);
    await this.redis.call('PEXPIRE', watchers, this.keep.runningMs);
  }

  /**
   * To which number the slowest watcher on the other servers has come; null where nobody watches there, as far as is
   * known. Never throws.
   */
  async cursorElsewhere(userId: string, chatId: string): Promise<number | null> {
    const { watchers } = runNames(this.redis, runKeyOf(userId, chatId));
    return this.#slowest(watchers, this.presence.aliveName(''), MAX_SERVERS).catch(() => null);
  }

  /** @param afterSeq null: the last entry is wanted, and no other */
  private async read(userId: string, chatId: string, afterSeq: number | null): Promise<ReadReply> {
    const { meta, log } = runNames(this.redis, runKeyOf(userId, chatId));
    const first = afterSeq === null ? Number.MAX_SAFE_INTEGER : afterSeq + 1;
    const reply = await this.#read(meta, log, first, PAGE_LENGTH, PAGE_CHARACTERS, afterSeq === null ? 1 : 0);
    if (reply === null) throw new ChatNotFoundError();
    return reply;
  }

  private findEnd(userId: string, chatId: string, lastEntry: readonly string[]): TerminalEvent | null {
    try {
      return openEnd(this.sealer, { userId, chatId }, lastEntry);
    } catch (error) {
      if (error instanceof BrokenRunError) return null;
      throw error;
    }
  }
}

/** @returns null for what this version does not know */
function parseControl(text: string): ControlMessage | null {
  if (text.length > MAX_MESSAGE_LENGTH) return null;
  const [type, runKey] = text.split(' ');
  const isKnown = type === 'stop' || type === 'left' || type === 'show';
  return isKnown && runKey ? { type, runKey } : null;
}
