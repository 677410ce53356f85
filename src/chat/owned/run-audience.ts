import { setTimeout as delay } from 'node:timers/promises';
import { PatientTimer } from '../../common/patient-timer.js';
import type { ChatRun } from '../run/chat-run.js';
import { ChatWatch, type WatchEnding } from '../run/chat-watch.js';
import type { RunLog } from '../run/run-log.js';

export interface AudienceSettings {
  readonly run: Pick<ChatRun, 'begin' | 'cancel'>;
  readonly log: RunLog;
  /** Milliseconds for which the run goes on without a watcher; 0: not at all. */
  readonly graceMs: number;
  /** Whether a client can come back that never learned the chat's id. */
  readonly canBeJoined: boolean;
  /**
   * How far the slowest watcher on other servers has come; null where there is none. Never throws. Null where
   * there are no other servers.
   */
  readonly cursorElsewhere: (() => Promise<number | null>) | null;
  /** A watcher wants the run to stop. */
  readonly onStop: () => void;
  /** The last watcher here is gone. */
  readonly onEmpty: () => void;
}

/** How often the watchers elsewhere are counted while there is none here, in milliseconds. */
const COUNT_INTERVAL_MS = 2_000;
/** How often watchers elsewhere are asked how far they have come while the run waits for them, in milliseconds. */
const CURSOR_INTERVAL_MS = 250;

/**
 * The watchers of a run on its own server, and what follows from their leaving: a client that unsubscribes stops the
 * run, one that is lost may come back within the grace time.
 */
export class RunAudience {
  readonly #settings: AudienceSettings;
  readonly #watches = new Set<ChatWatch>();
  #timer: PatientTimer | undefined;
  /** A client was given ChatStarted. */
  #isKnown = false;
  #isAwaitingRoom = false;

  constructor(settings: AudienceSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#watches.size === 0;
  }

  join(afterSeq: number, connection: AbortSignal): ChatWatch {
    this.#timer?.stop();
    const watch = new ChatWatch({
      feed: this.#settings.log,
      afterSeq,
      connection,
      onPull: ({ cursor }) => {
        if (cursor > 0) this.#begin();
        this.#noteSlowest();
      },
      onEnd: (leaver, ending) => this.#leave(leaver, ending),
    });
    this.#watches.add(watch);
    this.#noteSlowest();
    return watch;
  }

  /** A watcher on another server has left. */
  leftElsewhere(): void {
    if (this.isEmpty) this.#awaitReturn();
  }

  /** While there is no watcher here, lets the run go on as far as those elsewhere have come. */
  async awaitRoom(): Promise<void> {
    const { log, cursorElsewhere } = this.#settings;
    // A slow watcher's run stalls again and again.
    if (!cursorElsewhere || this.#isAwaitingRoom) return;
    this.#isAwaitingRoom = true;
    while (!log.hasRoom && !log.isComplete) {
      const cursor = this.isEmpty ? await cursorElsewhere() : null;
      if (cursor !== null && this.isEmpty) log.take(cursor);
      await delay(CURSOR_INTERVAL_MS, undefined, { ref: false });
    }
    this.#isAwaitingRoom = false;
  }

  /** The run has ended: nothing is waited for any more. */
  close(): void {
    this.#timer?.stop();
  }

  #leave(leaver: ChatWatch, ending: WatchEnding): void {
    this.#watches.delete(leaver);
    this.#isKnown ||= leaver.cursor > 0;
    if (ending === 'unsubscribed') this.#settings.onStop();
    if (this.isEmpty) this.#afterLast();
    // The other watchers may be waiting for a run that waited for this one.
    else this.#noteSlowest();
  }

  #noteSlowest(): void {
    this.#settings.log.take(Math.min(...[...this.#watches].map((watch) => watch.cursor)));
  }

  #begin(): void {
    this.#isKnown = true;
    void this.#settings.run.begin();
  }

  #afterLast(): void {
    const { run, log, graceMs, canBeJoined, onEmpty } = this.#settings;
    onEmpty();
    if (log.isComplete) return;
    if (!this.#isKnown && !canBeJoined) {
      void run.cancel();
      return;
    }
    if (graceMs > 0) this.#begin();
    this.#awaitReturn();
  }

  /** The run may go on for the grace time, and then while it is watched elsewhere. */
  #awaitReturn(): void {
    this.#timer?.stop();
    const { run, log, graceMs } = this.#settings;
    if (log.isComplete) return;
    this.#timer = new PatientTimer(graceMs, () => void this.#unlessWatchedElsewhere(() => void run.cancel()));
  }

  /** Where it is watched elsewhere, asks again until it is not; then the grace time begins anew. */
  async #unlessWatchedElsewhere(onNobody: () => void): Promise<void> {
    const { log, cursorElsewhere } = this.#settings;
    const timer = this.#timer;
    const cursor = (await cursorElsewhere?.()) ?? null;
    // A client that came and left during the question has restarted the wait.
    if (timer !== this.#timer || !this.isEmpty || log.isComplete) return;
    if (cursor === null) {
      onNobody();
      return;
    }
    const askAgain = (): void => void this.#unlessWatchedElsewhere(() => this.#awaitReturn());
    this.#timer = new PatientTimer(COUNT_INTERVAL_MS, askAgain);
  }
}
