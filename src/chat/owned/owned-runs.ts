import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DrainingError } from '../../common/lifecycle.js';
import { Config } from '../../config/config.js';
import type { OwnedRun } from './owned-run.js';
import { runKeyOf } from '../shared/run-key.js';
import { RunStore } from '../shared/run-store.js';

/** Time for terminal events to reach their watchers, in milliseconds. */
const TERMINAL_EVENTS_MS = 1_000;

/** How often what Redis has refused is written again, in milliseconds: Redis does not say when it would take it. */
const OFFER_INTERVAL_MS = 5_000;

/** About how many bytes of chats that have ended are kept in process. The oldest are forgotten first. */
const MAX_ENDED_BYTES = 256 * 1024 * 1024;

/** The runs that this server owns: those that go on, and for a time those that have ended. */
@Injectable()
export class OwnedRuns implements OnModuleInit, OnApplicationShutdown {
  readonly #runs = new Map<string, OwnedRun>();
  /** In the order in which they ended. */
  readonly #ended = new Map<OwnedRun, { readonly timer: NodeJS.Timeout; readonly bytes: number }>();
  #endedBytes = 0;
  #preparing = 0;
  #isOver = false;
  #onIdle: (() => void) | null = null;

  #stopListening: readonly (() => void)[] = [];

  constructor(
    private readonly config: Config,
    @Inject(RunStore) private readonly shared: RunStore | null,
  ) {}

  onModuleInit(): void {
    if (!this.shared) return;
    const timer = setInterval(() => {
      for (const run of this.#runs.values()) void run.publish();
    }, OFFER_INTERVAL_MS).unref();
    this.#stopListening = [
      () => clearInterval(timer),
      this.shared.onControl(({ type, runKey }) => this.#runs.get(runKey)?.handle(type)),
      this.shared.onReady(() => {
        for (const run of this.#runs.values()) void run.publishAgain();
      }),
    ];
  }

  onApplicationShutdown(): void {
    for (const stop of this.#stopListening) stop();
  }

  add(run: OwnedRun): void {
    this.#runs.set(run.runKey, run);
    // Looking its key up took longer than chats may run after the stop began.
    if (this.#isOver) void run.end(new DrainingError());
  }

  find(userId: string, chatId: string): OwnedRun | null {
    return this.#runs.get(runKeyOf(userId, chatId)) ?? null;
  }

  /** All of a user's, those that have ended and are kept, too. */
  findAll(userId: string): OwnedRun[] {
    return [...this.#runs.values()].filter((run) => run.userId === userId);
  }

  /** A run that has ended is kept no longer. */
  forget(run: OwnedRun): void {
    this.#forget(run);
  }

  /** Called when a run has ended, when its last watcher has gone, and when Redis has all of it. */
  changed(run: OwnedRun): void {
    if (run.hasEnded && this.#runs.get(run.runKey) === run) {
      if (run.isShared && run.isSettled && !run.isWatched) this.#forget(run);
      else this.#keepEnded(run);
    }
    this.#checkIdle();
  }

  /** Counts a chat whose key is still being looked up: its use may be written down already, so its end must be, too. */
  async prepare<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#preparing += 1;
    try {
      return await work();
    } finally {
      this.#preparing -= 1;
      this.#checkIdle();
    }
  }

  /** Whether watchers find every run that goes on here on another server, and it waits for them. */
  async canMove(): Promise<boolean> {
    if (!this.shared || this.config.chat.disconnectGraceMs === 0) return false;
    const hasOthers = await this.shared.hasOtherServers();
    return hasOthers && [...this.#runs.values()].every((run) => run.isShared || run.hasEnded);
  }

  /**
   * Lets the chats finish and their watchers take the terminal events, and after `timeoutMs` ends the rest with
   * ChatFailed (SERVICE_UNAVAILABLE). Resolves when none is left, or a moment after the time is up: a watcher that reads
   * nothing gets no terminal event, and must not hold up the stop.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (await this.#idleWithin(timeoutMs)) return;
    this.#isOver = true;
    for (const run of this.#runs.values()) void run.end(new DrainingError());
    await this.#idleWithin(TERMINAL_EVENTS_MS);
  }

  get #isIdle(): boolean {
    return this.#preparing === 0 && [...this.#runs.values()].every((run) => run.isSettled && !run.isWatched);
  }

  #keepEnded(run: OwnedRun): void {
    if (this.#ended.has(run)) return;
    const { bytes } = run;
    const timer = setTimeout(() => this.#forget(run), this.config.chat.retentionMs).unref();
    this.#ended.set(run, { timer, bytes });
    this.#endedBytes += bytes;
    for (const oldest of this.#ended.keys()) {
      if (this.#endedBytes <= MAX_ENDED_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(run: OwnedRun): void {
    const ended = this.#ended.get(run);
    if (ended) {
      clearTimeout(ended.timer);
      this.#endedBytes -= ended.bytes;
      this.#ended.delete(run);
    }
    this.#runs.delete(run.runKey);
    run.forget();
  }

  #checkIdle(): void {
    if (this.#onIdle && this.#isIdle) this.#onIdle();
  }

  #idleWithin(timeoutMs: number): Promise<boolean> {
    if (this.#isIdle) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        this.#onIdle = null;
        // The watcher's `complete` follows the last event in this turn of the event loop.
        setImmediate(() => resolve(true));
      };
    });
  }
}
