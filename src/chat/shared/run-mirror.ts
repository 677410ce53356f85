import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import { SURELY_ALIVE_MS } from '../../redis/server-presence.js';
import { ChatNotFoundError, RunLostError } from '../run/chat.errors.js';
import type { ChatEvent } from '../run/chat-event.js';
import type { ChatRun } from '../run/chat-run.js';
import type { SealedClaim } from '../claims/request-claims.js';
import type { RunLog } from '../run/run-log.js';
import { OutagePatience } from './outage-patience.js';
import type { RunRecord } from './run-sealer.js';
import { CLAIMED, FENCED, LOST } from './shared-scripts.js';
import type { RunStore } from './run-store.js';
import type { RunWriter } from './run-writer.js';
import { takeSharedEnd } from './take-shared-end.js';

/** Bytes of events in one entry, about. */
const MAX_ENTRY_BYTES = 32 * 1024;
/** A run that has ended before anything of it was sent is written in one entry, up to so many bytes, or not at all. */
const MAX_WHOLE_BYTES = 512 * 1024;
/** Watchers elsewhere are shown that the run is there at most this often, in milliseconds. */
const SHOW_EVERY_MS = 1_000;

export interface MirrorSettings {
  readonly shared: Pick<RunStore, 'isReady' | 'writerOf' | 'get' | 'readEvents'>;
  readonly userId: string;
  readonly run: Pick<ChatRun, 'chatId' | 'attempt' | 'abort'>;
  readonly log: RunLog;
  readonly claim: SealedClaim | null;
  /** Redis has all that will ever be, or will never have it. */
  readonly onDone: () => void;
}

/**
 * Copies a run's log to Redis while it grows, as much at a time as there is.
 *
 * Watchers see an event when Redis has it, so that none knows of one that is lost with this server. While Redis is
 * away for longer than a moment, or was never sent anything of the run, they see it at once. What Redis missed it is
 * given when it is back.
 *
 * The end is another matter: a server that does not reach Redis may have been taken for dead, and another one may have
 * ended the run. Once anything was sent, also where no answer came, the end is what Redis says, and nothing else is shown.
 */
export class RunMirror {
  readonly #settings: MirrorSettings;
  #claim: SealedClaim | null;
  /** Null before the first write, and when all is written: a run is kept for long after its end. */
  #writer: Pick<RunWriter, 'write' | 'leave'> | null = null;
  /** Something was sent: Redis may have the run, and another server may end it. */
  #isSent = false;
  #writtenSeq = 0;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #recorded: unknown = null;
  #isWriting = false;
  #isBehind = false;
  /** Watchers see what Redis does not have. */
  #isAlone = false;
  readonly #patience = new OutagePatience(() => this.#goOnAlone());
  /** Watchers wait for an end. */
  #isEndAwaited = false;
  #isInDoubt = false;
  /** Redis has the run's end. */
  #isFenced = false;
  #isDone = false;
  #isLost = false;
  #hasLostClaim = false;

  constructor(settings: MirrorSettings) {
    this.#settings = settings;
    this.#claim = settings.claim;
  }

  /** Redis has every event, or will have it in a moment: the run can be resumed on every server. */
  get isInStep(): boolean {
    return !this.#isBehind && !this.#isLost && this.#writtenSeq > 0;
  }

  /** Another server has the id of its request: that one's chat is the request's. */
  get hasLostClaim(): boolean {
    return this.#hasLostClaim;
  }

  /** Nothing is left to be written. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Called when Redis was away: it may have lost its memory. The last event is written to it again, which changes
   * nothing there if Redis has it, and shows if it has not.
   */
  async check(): Promise<void> {
    this.#isInDoubt = true;
    await this.write();
  }

  /** Its request's id is free for another chat: what is written from now on does not claim it. */
  dropClaim(): void {
    this.#claim = null;
  }

  /**
   * Called before the run's end is written down: whether another end is there. A server that hung, or is cut off, waits
   * for Redis for a while: it has to find out whether it was taken for dead.
   */
  async isEndedElsewhere(): Promise<boolean> {
    const { shared, userId, run } = this.#settings;
    const isSurelyAlive = shared.isReady && performance.now() - this.#writtenAt < SURELY_ALIVE_MS;
    if (!this.#isSent || isSurelyAlive) return this.#isFenced;
    while (!this.#isFenced && !this.#isDone) {
      try {
        return (await shared.get(userId, run.chatId)).end !== null;
      } catch (error) {
        if (error instanceof ChatNotFoundError || !(await this.#patience.untilBack())) break;
      }
    }
    return this.#isFenced;
  }

  /** Its server stops: how it ended is written down without a further wait for Redis. */
  stopWaiting(): void {
    this.#patience.endNow();
  }

  /** Called when watchers elsewhere ask for a sign of the run: every write is published. */
  async show(): Promise<void> {
    if (performance.now() - this.#writtenAt > SHOW_EVERY_MS) await this.check();
  }

  /** Called when events were appended. Resolves when there is nothing to do at the moment. */
  async write(): Promise<void> {
    const { log, shared } = this.#settings;
    if (this.#isDone) log.show(log.lastSeq);
    else if (this.#isAlone) this.#showAlone();
    if (this.#isWriting || this.#isDone) return;
    // Sealing costs time.
    if (!shared.isReady) {
      this.#fallBehind();
      return;
    }
    this.#isWriting = true;
    try {
      while (this.#hasWork) await this.#writeNext();
      this.#caughtUp();
    } catch {
      // The connection logs it.
      this.#fallBehind();
    } finally {
      this.#isWriting = false;
    }
  }

  #fallBehind(): void {
    this.#isBehind = true;
    if (!this.#isSent) this.#goOnAlone();
    else if (!this.#isAlone) this.#patience.begin();
    void this.#failWatchers();
  }

  /** Watchers that wait for the end get an error when Redis stays away. */
  async #failWatchers(): Promise<void> {
    const { log } = this.#settings;
    if (!log.isComplete || log.isEndShown || this.#isEndAwaited) return;
    this.#isEndAwaited = true;
    const isBack = await this.#patience.untilBack();
    this.#isEndAwaited = false;
    if (isBack) return;
    // Redis answers, and refuses writes: no other server has ended the run, or the write would have been fenced.
    if (this.#settings.shared.isReady) this.#giveUp();
    else log.fail(new RedisUnavailableError());
  }

  #caughtUp(): void {
    this.#patience.stop();
    this.#isBehind = false;
    this.#isAlone = false;
  }

  #goOnAlone(): void {
    this.#isAlone = true;
    this.#showAlone();
  }

  #showAlone(): void {
    const { log } = this.#settings;
    log.show(this.#isSent && log.isComplete ? log.lastSeq - 1 : log.lastSeq);
  }

  get #hasWork(): boolean {
    return (this.#isInDoubt || this.#writtenSeq < this.#settings.log.lastSeq) && !this.#isDone;
  }

  async #writeNext(): Promise<void> {
    const { shared, userId, run, log } = this.#settings;
    const { chatId } = run;
    const claim = this.#claim;
    const events = this.#nextEvents();
    const last = events.at(-1)?.seq ?? this.#writtenSeq;
    const isEnd = log.isComplete && last === log.lastSeq;
    if (log.isEndShown && !isEnd) {
      this.#giveUp();
      return;
    }
    const { attempt } = run;
    const record: RunRecord | null =
      this.#recorded === attempt ? null : { userId, chatId, attempt, claim: claim?.name ?? null };
    const isFirst = !this.#isSent;
    this.#isSent = true;
    this.#writer ??= shared.writerOf({ userId, chatId });
    // Not when the answer is read: where this server hung before that, it may be taken for dead by then.
    const sentAt = performance.now();
    const answer = await this.#writer.write({
      events,
      record,
      claim,
      isFirst,
      isEnd,
      keepFrom: log.firstSeq,
    });
    if (answer === FENCED) {
      await this.#giveWay();
    } else if (answer === CLAIMED) {
      this.#hasLostClaim = true;
      this.#claim = null;
      // Its end is written like any other.
      await run.abort(new RunLostError());
    } else if (answer === LOST) {
      this.#startAgain();
    } else {
      this.#writtenSeq = last;
      this.#writtenAt = sentAt;
      this.#recorded = attempt;
      log.show(last);
      if (isEnd) this.#finish();
    }
  }

  #nextEvents(): ChatEvent[] {
    const { log } = this.#settings;
    const known = this.#isInDoubt ? Math.min(this.#writtenSeq, log.lastSeq - 1) : this.#writtenSeq;
    this.#isInDoubt = false;
    // An end that was shown may not be written after the rest: another server could end the run in between.
    const maxBytes = log.isEndShown ? MAX_WHOLE_BYTES : MAX_ENTRY_BYTES;
    // What was dropped while Redis was away it never gets: a watcher that asks for it gets CHAT_NOT_FOUND.
    return log.after(Math.max(known, log.firstSeq - 1), maxBytes);
  }

  /** The run was ended: by another server, which took this one for dead, or by a write of ours whose answer was lost. */
  async #giveWay(): Promise<void> {
    const { log, run } = this.#settings;
    this.#isFenced = true;
    this.#patience.stop();
    await run.abort(new RunLostError());
    this.#writer?.leave();
    if (!log.isEndShown) await takeSharedEnd(this.#settings, this.#writtenSeq);
    this.#finish();
  }

  /** Redis has lost its memory: everything is written again, where everything is still here. */
  #startAgain(): void {
    this.#writtenSeq = 0;
    this.#recorded = null;
    if (this.#settings.log.firstSeq !== 1) this.#giveUp();
  }

  /** Redis will never have all of it. */
  #giveUp(): void {
    this.#isLost = true;
    if (this.#writtenSeq === 0) this.#writer?.leave();
    this.#finish();
  }

  #finish(): void {
    this.#isDone = true;
    this.#writer = null;
    this.#settings.log.show(this.#settings.log.lastSeq);
    this.#settings.onDone();
  }
}
