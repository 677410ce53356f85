import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { describeError } from '../../common/describe-error.js';
import type { KeyUseService } from '../../keys/key-use.service.js';
import type { RedisConnection } from '../../redis/redis-connection.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { RunLostError } from '../chat.errors.js';
import type { ChatFailedEvent } from '../chat-event.js';
import { finishedChat } from '../finished-chat.js';
import type { RunRecord, RunSealer } from './run-sealer.js';
import { ownRunsName, runNames } from './shared-names.js';
import { endScript } from './shared-scripts.js';

/** How the chat of a dead server ended, as far as anybody knows. */
const LOST_END = {
  outcome: new RunLostError().code,
  inputTokens: null,
  outputTokens: null,
  timeToFirstTokenMs: null,
  durationMs: null,
} as const;

/** How often servers that died are looked for, in milliseconds. */
const SWEEP_INTERVAL_MS = 1_500;

/**
 * Ends the runs of servers that died: ChatFailed (PROVIDER_TRUNCATED) for their watchers, CHAT_FINISHED in the trail.
 * Every server does it; that it is done once is Redis's and the database's work.
 */
export class RunReaper implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RunReaper.name);
  readonly #end: (...args: readonly (string | number)[]) => Promise<number>;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | null = null;

  /** @param keepMs milliseconds for which a run is kept after its end */
  constructor(
    private readonly redis: RedisConnection,
    private readonly presence: ServerPresence,
    private readonly sealer: RunSealer,
    private readonly uses: KeyUseService,
    private readonly keepMs: number,
  ) {
    this.#end = redis.define<number>('chatend', endScript);
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      if (this.presence.canTellDead) this.#sweeping ??= this.sweep().finally(() => (this.#sweeping = null));
    }, SWEEP_INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** Looks for dead servers once. Never throws: what could not be done now is done the next time. */
  async sweep(): Promise<void> {
    try {
      for (const serverId of await this.presence.findDead()) await this.clearUp(serverId);
    } catch (error) {
      if (!(error instanceof AppError))
        this.#logger.error({ err: error }, 'The chats of a dead server could not be ended');
    }
  }

  private async clearUp(serverId: string): Promise<void> {
    const ownRuns = ownRunsName(this.redis, serverId);
    for (const runKey of await this.redis.call<string[]>('SMEMBERS', ownRuns)) {
      await this.endRun(serverId, runKey);
      await this.redis.call('SREM', ownRuns, runKey);
    }
    await this.presence.forget(serverId);
  }

  private async endRun(serverId: string, runKey: string): Promise<void> {
    const names = runNames(this.redis, runKey);
    for (;;) {
      const [owner, state, last, sealed] = await this.redis.call<(string | null)[]>(
        'HMGET',
        ...[names.meta, 'server', 'state', 'last', 'record'],
      );
      if (owner !== serverId || !sealed) return;
      const record = this.sealer.openRecord(runKey, runKey.slice(runKey.indexOf(':') + 1), sealed);
      if (!record) {
        // Nobody can read it, or say how it ended: it is no longer there.
        await this.redis.call('DEL', names.meta, names.log);
        return;
      }
      if (state !== 'running' || (await this.writeEnd(serverId, names, record, Number(last)))) {
        await this.uses.finish(record.userId, finishedChat(record.chatId, record.attempt, LOST_END));
        return;
      }
    }
  }

  /** @returns false where the run has changed meanwhile */
  private async writeEnd(
    serverId: string,
    { meta, log, news }: ReturnType<typeof runNames>,
    { userId, chatId, claim }: RunRecord,
    lastSeq: number,
  ): Promise<boolean> {
    const event: ChatFailedEvent = {
      __typename: 'ChatFailed',
      chatId,
      seq: lastSeq + 1,
      error: describeError(new RunLostError()),
      usage: null,
    };
    const sealed = this.sealer.sealEvents(userId, [event]);
    const keys = [meta, log, claim ?? meta];
    return (await this.#end(...keys, serverId, lastSeq, event.seq, sealed, this.keepMs, news)) === 1;
  }
}
