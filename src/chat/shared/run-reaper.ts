import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { KeyUseService } from '../../keys/key-use.service.js';
import { logEnd } from '../../keys/log-end.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { finishedChat, lostEnd } from './finished-chat.js';
import type { RunRecord } from './run-sealer.js';
import type { RunStore } from './run-store.js';

/** How often servers that died are looked for, in milliseconds. */
const SWEEP_INTERVAL_MS = 1_500;
/** Runs of one server that are ended in one sweep. */
const RUNS_AT_A_TIME = 1_000;
/** How often a run that changes while it is being ended is tried again. */
const MAX_ATTEMPTS = 3;

/**
 * Ends the runs of servers that died: ChatFailed (PROVIDER_TRUNCATED) for their watchers, CHAT_FINISHED in the trail.
 * Every server tries; Redis and the database let one succeed.
 */
export class RunReaper implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RunReaper.name);
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | null = null;

  constructor(
    private readonly presence: ServerPresence,
    private readonly runs: RunStore,
    private readonly uses: KeyUseService,
  ) {}

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
      for (const serverId of await this.presence.findDead()) {
        await this.unlessRefused(() => this.clearUp(serverId));
      }
    } catch (error) {
      if (!(error instanceof AppError))
        this.#logger.error({ err: error }, 'The chats of a dead server could not be ended');
    }
  }

  private async clearUp(serverId: string): Promise<void> {
    const runKeys = await this.runs.lost.list(serverId, RUNS_AT_A_TIME);
    let left = runKeys.length;
    for (const runKey of runKeys) {
      await this.unlessRefused(async () => {
        if (!(await this.endRun(serverId, runKey))) return;
        await this.runs.lost.forget(serverId, runKey);
        left -= 1;
      });
    }
    if (left === 0 && runKeys.length < RUNS_AT_A_TIME) await this.presence.forget(serverId);
  }

  /** Where Redis answers and refuses this command (its key holds another type, say), everything else goes on. */
  private async unlessRefused(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RedisUnavailableError) || !this.runs.isReady) throw error;
    }
  }

  /** @returns false where its server writes on, and so is not dead: what is removed then, it would write again */
  private async endRun(serverId: string, runKey: string): Promise<boolean> {
    const { lost } = this.runs;
    let seenSeq = NaN;
    for (let attempt = 1; ; attempt += 1) {
      const run = await lost.read(runKey);
      if (run?.serverId !== serverId) return true;
      const { isRunning, record, lastSeq } = run;
      const isEnded = !isRunning || (record !== null && (await lost.end(serverId, record, lastSeq)));
      if (!isEnded && record && attempt < MAX_ATTEMPTS) {
        seenSeq = lastSeq;
        continue;
      }
      if (!isEnded && lastSeq > seenSeq) return false;
      // No server can read it, or end it.
      if (!isEnded) await lost.drop(runKey);
      if (record) await this.writeEnd(record, lastSeq + 1);
      return true;
    }
  }

  private async writeEnd({ userId, chatId, attempt, claim }: RunRecord, seq: number): Promise<void> {
    if (claim !== null) await this.runs.lost.keepClaim(claim);
    const use = finishedChat(attempt, lostEnd(chatId, seq), null);
    if (await this.uses.finish(userId, use)) logEnd(userId, use);
  }
}
