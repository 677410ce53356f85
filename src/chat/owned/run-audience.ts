import { PatientTimer } from '../../common/patient-timer.js';
import { ChatWatch } from '../run/chat-watch.js';
import type { RunLog } from '../run/run-log.js';

export interface AudienceSettings {
  readonly log: RunLog;
  /** Milliseconds for which the run goes on without a watcher; 0: not at all. */
  readonly graceMs: number;
  /** Whether a client can come back that never learned the chat's id. */
  readonly canBeJoined: boolean;
  /** Whether somebody watches it on another server. */
  readonly isWatchedElsewhere: () => Promise<boolean>;
  /** A watcher has taken ChatStarted, or somebody may come back for it. */
  readonly onBegin: () => void;
  /** A watcher wants it to stop. */
  readonly onStop: () => void;
  /** Nobody watches any more, and nobody came back in time. */
  readonly onAbandon: () => void;
  /** The last watcher here is gone. */
  readonly onEmpty: () => void;
}

/** How often the watchers elsewhere are counted while there is none here, in milliseconds. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Who watches a run on its own server, and what follows from their leaving: a client that unsubscribes stops the run,
 * one that is lost may come back within the grace time.
 */
export class RunAudience {
  readonly #settings: AudienceSettings;
  readonly #watches = new Set<ChatWatch>();
  #timer: PatientTimer | undefined;
  /** ChatStarted was given to somebody. */
  #isKnown = false;

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
      onPull: (puller) => this.#pulled(puller),
      onEnd: (leaver, ending) => {
        this.#watches.delete(leaver);
        this.#isKnown ||= leaver.cursor > 0;
        if (ending === 'unsubscribed') this.#settings.onStop();
        if (this.isEmpty) this.#abandoned();
        // Those that are left may be waiting for a run that waited for this one.
        else this.#tellSlowest();
      },
    });
    this.#watches.add(watch);
    this.#tellSlowest();
    return watch;
  }

  /** A watcher on another server has left. */
  leftElsewhere(): void {
    if (this.isEmpty) this.#awaitSomebody();
  }

  /** The run has ended: nothing is waited for any more. */
  close(): void {
    this.#timer?.stop();
  }

  #pulled({ cursor }: ChatWatch): void {
    if (cursor > 0) this.#began();
    this.#tellSlowest();
  }

  #tellSlowest(): void {
    this.#settings.log.take(Math.min(...[...this.#watches].map((watch) => watch.cursor)));
  }

  #began(): void {
    this.#isKnown = true;
    this.#settings.onBegin();
  }

  #abandoned(): void {
    this.#settings.onEmpty();
    if (this.#settings.log.isComplete) return;
    const { canBeJoined, graceMs } = this.#settings;
    if (!this.#isKnown && !canBeJoined) this.#settings.onAbandon();
    else {
      if (graceMs > 0) this.#began();
      this.#awaitSomebody();
    }
  }

  /** The run may go on for the grace time, and then while somebody watches elsewhere. */
  #awaitSomebody(): void {
    this.#timer?.stop();
    if (this.#settings.log.isComplete) return;
    const { graceMs, onAbandon } = this.#settings;
    this.#timer = new PatientTimer(graceMs, () => void this.#lookElsewhere(onAbandon));
  }

  /** @param onNobody what follows where nobody watches elsewhere; otherwise it is looked again, and waited from then on */
  async #lookElsewhere(onNobody: () => void): Promise<void> {
    const timer = this.#timer;
    const isWatched = await this.#settings.isWatchedElsewhere();
    // Whoever came and left meanwhile has begun the wait anew.
    if (timer !== this.#timer || !this.isEmpty || this.#settings.log.isComplete) return;
    if (!isWatched) {
      onNobody();
      return;
    }
    const lookAgain = (): void => void this.#lookElsewhere(() => this.#awaitSomebody());
    this.#timer = new PatientTimer(LOOK_AGAIN_MS, lookAgain);
  }
}
