import type { ChatRun } from '../chat-run.js';
import type { RunLog } from '../run-log.js';
import type { RunRecord } from './run-sealer.js';
import { FENCED, LOST } from './shared-scripts.js';
import type { SharedRuns } from './shared-runs.js';

/** Bytes of events in one entry, about. */
const MAX_ENTRY_BYTES = 32 * 1024;

export interface MirrorSettings {
  readonly shared: SharedRuns;
  readonly runKey: string;
  readonly userId: string;
  readonly run: ChatRun;
  readonly log: RunLog;
  readonly claim: string | null;
  /** Another server has ended the run. */
  readonly onFenced: () => void;
  /** Redis has all that will ever be, or will never have it. */
  readonly onDone: () => void;
}

/**
 * Copies a run's log to Redis while it grows, as much at a time as there is.
 *
 * Watchers see an event when Redis has it, so that none knows of one that is lost with this server. While Redis is
 * away they see it at once: then there is nobody else to agree with. What Redis missed it is given when it is back.
 */
export class RunMirror {
  readonly #settings: MirrorSettings;
  #writtenSeq = 0;
  #recorded: unknown = null;
  #isWriting = false;
  #isBehind = false;
  #isDone = false;
  #isLost = false;

  constructor(settings: MirrorSettings) {
    this.#settings = settings;
  }

  /** Redis has every event, or will have it in a moment: the run can be resumed on every server. */
  get isInStep(): boolean {
    return !this.#isBehind && !this.#isLost && this.#writtenSeq > 0;
  }

  /** Nothing is left to be written. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Called when events were appended, or when Redis is back. Resolves when there is nothing to do at the moment. */
  async write(): Promise<void> {
    const { log, shared } = this.#settings;
    if (this.#isBehind || this.#isDone) log.show(log.lastSeq);
    if (this.#isWriting || this.#isDone) return;
    // Nothing is sealed in vain.
    if (!shared.isReady) {
      this.#fallBehind();
      return;
    }
    this.#isWriting = true;
    try {
      while (this.#hasWork) await this.#writeNext();
      this.#isBehind = false;
    } catch {
      // The connection tells of it.
      this.#fallBehind();
    } finally {
      this.#isWriting = false;
    }
  }

  #fallBehind(): void {
    this.#isBehind = true;
    this.#settings.log.show(this.#settings.log.lastSeq);
  }

  get #hasWork(): boolean {
    return this.#writtenSeq < this.#settings.log.lastSeq && !this.#isDone;
  }

  async #writeNext(): Promise<void> {
    const { shared, runKey, userId, run, log, claim } = this.#settings;
    const events = log.after(this.#writtenSeq, MAX_ENTRY_BYTES);
    const last = events.at(-1)?.seq ?? this.#writtenSeq;
    const isEnd = log.isComplete && last === log.lastSeq;
    const { attempt } = run;
    const record: RunRecord | null =
      this.#recorded === attempt ? null : { userId, chatId: run.chatId, attempt, claim };
    const answer = await shared.writeEvents(runKey, {
      userId,
      events,
      record,
      claim,
      isEnd,
      keepFrom: log.firstSeq,
    });
    if (answer === FENCED) {
      this.#finish();
      this.#settings.onFenced();
    } else if (answer === LOST) {
      this.#startAgain();
    } else {
      this.#writtenSeq = last;
      this.#recorded = attempt;
      log.show(last);
      if (isEnd) this.#finish();
    }
  }

  /** Redis has lost its memory: it is told everything again, where everything is still here. */
  #startAgain(): void {
    this.#writtenSeq = 0;
    this.#recorded = null;
    if (this.#settings.log.firstSeq === 1) return;
    this.#isLost = true;
    this.#finish();
  }

  #finish(): void {
    this.#isDone = true;
    this.#settings.log.show(this.#settings.log.lastSeq);
    this.#settings.onDone();
  }
}
