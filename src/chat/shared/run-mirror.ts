import { PatientTimer } from '../../common/patient-timer.js';
import { ChatNotFoundError } from '../chat.errors.js';
import type { ChatEvent } from '../chat-event.js';
import type { ChatRun } from '../chat-run.js';
import type { FeedPage } from '../event-feed.js';
import type { SharedClaim } from '../request-claims.js';
import type { RunLog } from '../run-log.js';
import type { RunRecord } from './run-sealer.js';
import { FENCED, LOST } from './shared-scripts.js';
import type { RunStore } from './run-store.js';

/** Bytes of events in one entry, about. */
const MAX_ENTRY_BYTES = 32 * 1024;
/**
 * How long Redis may be away before watchers see what it does not have, in milliseconds. A server that was suspended
 * takes Redis for away at first, and has to learn from it whether another server took it for dead.
 */
const PATIENCE_MS = 2_000;
/** Watchers elsewhere are shown that the run is there at most this often, in milliseconds. */
const SHOW_EVERY_MS = 1_000;

export interface MirrorSettings {
  readonly shared: Pick<RunStore, 'isReady' | 'writeEvents'> & {
    readEvents(...which: Parameters<RunStore['readEvents']>): Promise<FeedPage>;
  };
  readonly runKey: string;
  readonly userId: string;
  readonly run: Pick<ChatRun, 'chatId' | 'attempt'>;
  readonly log: RunLog;
  readonly claim: SharedClaim | null;
  /** Another server has ended the run. Resolves when it is over here, too. */
  readonly onFenced: () => Promise<unknown>;
  /** Redis has all that will ever be, or will never have it. */
  readonly onDone: () => void;
}

/**
 * Copies a run's log to Redis while it grows, as much at a time as there is.
 *
 * Watchers see an event when Redis has it, so that none knows of one that is lost with this server. While Redis is
 * away for longer than a moment, or has never had anything of the run, they see it at once: then there is nobody else to
 * agree with. What Redis missed it is given when it is back.
 */
export class RunMirror {
  readonly #settings: MirrorSettings;
  #writtenSeq = 0;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #recorded: unknown = null;
  #isWriting = false;
  #isBehind = false;
  /** Watchers see what Redis does not have. */
  #isAlone = false;
  #patience: PatientTimer | undefined;
  #isInDoubt = false;
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

  /**
   * Called when Redis was away: it may have lost its memory. The last event is written to it again, which changes
   * nothing, but tells.
   */
  async check(): Promise<void> {
    this.#isInDoubt = true;
    await this.write();
  }

  /** Called when watchers elsewhere ask whether it is there: what is written, they hear of. */
  async show(): Promise<void> {
    if (performance.now() - this.#writtenAt > SHOW_EVERY_MS) await this.check();
  }

  /** Called when events were appended. Resolves when there is nothing to do at the moment. */
  async write(): Promise<void> {
    const { log, shared } = this.#settings;
    if (this.#isAlone || this.#isDone) log.show(log.lastSeq);
    if (this.#isWriting || this.#isDone) return;
    // Nothing is sealed in vain.
    if (!shared.isReady) {
      this.#fallBehind();
      return;
    }
    this.#isWriting = true;
    try {
      while (this.#hasWork) await this.#writeNext();
      this.#caughtUp();
    } catch {
      // The connection tells of it.
      this.#fallBehind();
    } finally {
      this.#isWriting = false;
    }
  }

  #fallBehind(): void {
    this.#isBehind = true;
    if (this.#writtenSeq === 0) this.#goOnAlone();
    else this.#patience ??= new PatientTimer(PATIENCE_MS, () => this.#goOnAlone());
  }

  #caughtUp(): void {
    this.#patience?.stop();
    this.#patience = undefined;
    this.#isBehind = false;
    this.#isAlone = false;
  }

  #goOnAlone(): void {
    const { log } = this.#settings;
    this.#isAlone = true;
    log.show(log.lastSeq);
  }

  get #hasWork(): boolean {
    return (this.#isInDoubt || this.#writtenSeq < this.#settings.log.lastSeq) && !this.#isDone;
  }

  async #writeNext(): Promise<void> {
    const { shared, runKey, userId, run, log, claim } = this.#settings;
    const known = this.#isInDoubt ? Math.min(this.#writtenSeq, log.lastSeq - 1) : this.#writtenSeq;
    this.#isInDoubt = false;
    // What was dropped while Redis was away it never gets: who asks for that is told that it is no longer kept.
    const events = log.after(Math.max(known, log.firstSeq - 1), MAX_ENTRY_BYTES);
    const last = events.at(-1)?.seq ?? this.#writtenSeq;
    const isEnd = log.isComplete && last === log.lastSeq;
    const { attempt } = run;
    const record: RunRecord | null =
      this.#recorded === attempt ? null : { userId, chatId: run.chatId, attempt, claim: claim?.name ?? null };
    const answer = await shared.writeEvents(runKey, {
      userId,
      events,
      record,
      claim,
      isEnd,
      keepFrom: log.firstSeq,
    });
    if (answer === FENCED) {
      await this.#giveWay();
    } else if (answer === LOST) {
      this.#startAgain();
    } else {
      this.#writtenSeq = last;
      this.#writtenAt = performance.now();
      this.#recorded = attempt;
      log.show(last);
      if (isEnd) this.#finish();
    }
  }

  /**
   * Another server took this one for dead, and has ended the run: that end is the one that everybody sees. What Redis
   * does not have was never there, unless it was shown while Redis was away.
   */
  async #giveWay(): Promise<void> {
    const { log, onFenced } = this.#settings;
    await onFenced();
    const isUnseen = (): boolean => log.shownSeq <= this.#writtenSeq;
    const end = isUnseen() ? await this.#readEnd() : null;
    if (end && isUnseen()) log.replaceAfter(this.#writtenSeq, end);
    this.#finish();
  }

  /** What Redis has that was not written here; null where that has no end, and so cannot take the place of ours. */
  async #readEnd(): Promise<ChatEvent[] | null> {
    const { shared, userId, run } = this.#settings;
    const end: ChatEvent[] = [];
    try {
      for (;;) {
        const after = end.at(-1)?.seq ?? this.#writtenSeq;
        const { events, isLast } = await shared.readEvents(userId, run.chatId, after);
        end.push(...events);
        if (isLast || events.length === 0) return isLast && end.length > 0 ? end : null;
      }
    } catch (error) {
      if (error instanceof ChatNotFoundError) return null;
      throw error;
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
