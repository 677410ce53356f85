import type { RedisConnection } from '../../redis/redis-connection.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { ChatNotFoundError } from '../chat.errors.js';
import type { ChatEvent } from '../chat-event.js';
import type { FeedPage } from '../event-feed.js';
import type { SharedClaim } from '../request-claims.js';
import type { RunRecord, RunSealer } from './run-sealer.js';
import { runKeyOf } from '../run-key.js';
import { controlName, ownRunsName, runNames } from './shared-names.js';
import { readScript, writeScript } from './shared-scripts.js';

/** Entries that are read at a time. */
const PAGE_LENGTH = 16;

/** What one server asks of the owner of a run. */
export interface ControlMessage {
  /** `stop`: its client wants it to end. `left`: the last watcher on a server is gone. */
  readonly type: 'stop' | 'left';
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

/** A run as Redis knows it. */
export interface SharedRun {
  readonly serverId: string;
  readonly isRunning: boolean;
  readonly lastSeq: number;
}

type ReadReply = readonly [server: string, state: string, last: string, entries: readonly string[]] | null;

export interface KeepTimes {
  /** Milliseconds for which a run is kept after it was written to the last time. */
  readonly runningMs: number;
  /** Milliseconds for which it is kept after its end. */
  readonly endedMs: number;
}

/** Runs as all servers see them. Every method is about one user's run; another user's is not there. */
export class SharedRuns {
  readonly #write: (...args: readonly (string | number)[]) => Promise<number>;
  readonly #read: (...args: readonly (string | number)[]) => Promise<ReadReply>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly presence: ServerPresence,
    private readonly sealer: RunSealer,
    private readonly keep: KeepTimes,
  ) {
    this.#write = redis.define<number>('chatwrite', writeScript);
    this.#read = redis.define<ReadReply>('chatread', readScript);
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
   * @throws ChatNotFoundError CHAT_NOT_FOUND
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async readEvents(userId: string, chatId: string, afterSeq: number): Promise<FeedPage> {
    const reply = await this.readPage(userId, chatId, afterSeq);
    const [, state, last, entries] = reply;
    const events: ChatEvent[] = [];
    let seq = afterSeq;
    for (let index = 0; index < entries.length; index += 2) {
      const entry = this.sealer.openEvents(userId, chatId, Number(entries[index]), entries[index + 1] ?? '');
      // An entry may begin before the number, or repeat what the one before it held.
      const news = entry.filter((event) => event.seq > seq);
      if (news[0] && news[0].seq !== seq + 1) throw new ChatNotFoundError();
      events.push(...news);
      seq = news.at(-1)?.seq ?? seq;
    }
    return { events, isLast: state === 'ended' && seq >= Number(last) };
  }

  /**
   * @throws ChatNotFoundError CHAT_NOT_FOUND
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async get(userId: string, chatId: string): Promise<SharedRun> {
    const [serverId, state, last] = await this.readPage(userId, chatId, Number.MAX_SAFE_INTEGER - 1);
    return { serverId, isRunning: state === 'running', lastSeq: Number(last) };
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
    try {
      const fields = await this.redis.call<string[]>('HGETALL', watchers);
      const cursors: number[] = [];
      for (let index = 0; index < fields.length; index += 2) {
        const serverId = fields[index] ?? '';
        if (await this.presence.isAlive(serverId)) cursors.push(Number(fields[index + 1]));
      }
      return cursors.length > 0 ? Math.min(...cursors) : null;
    } catch {
      return null;
    }
  }

  private async readPage(userId: string, chatId: string, afterSeq: number): Promise<NonNullable<ReadReply>> {
    const { meta, log } = runNames(this.redis, runKeyOf(userId, chatId));
    const reply = await this.#read(meta, log, afterSeq + 1, PAGE_LENGTH);
    if (reply === null) throw new ChatNotFoundError();
    return reply;
  }
}

/** @returns null for what this version does not know */
function parseControl(text: string): ControlMessage | null {
  const [type, runKey] = text.split(' ');
  return (type === 'stop' || type === 'left') && runKey ? { type, runKey } : null;
}
