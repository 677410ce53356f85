import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '../../common/app-error.js';
import { ChatRun, type ChatReport } from '../run/chat-run.js';
import type { ChatSource } from '../run/chat-source.js';
import type { ChatWatch } from '../run/chat-watch.js';
import { ChatNotFoundError, RunLostError } from '../run/chat.errors.js';
import type { RequestClaim } from '../claims/request-claims.js';
import { RunAudience } from './run-audience.js';
import { runKeyOf } from '../shared/run-key.js';
import { RunLog } from '../run/run-log.js';
import { RunMirror } from '../shared/run-mirror.js';
import type { RunStore } from '../shared/run-store.js';

/** How often watchers elsewhere are asked how far they have come while a run waits for them, in milliseconds. */
const ASK_AGAIN_MS = 250;

export interface KeptRunSettings {
  readonly userId: string;
  readonly chatId: string;
  readonly source: ChatSource;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
  readonly keyResolutionMs: number;
  readonly maxDurationMs: number;
  readonly graceMs: number;
  /** What the request's id stands for; null where it has none. */
  readonly claim: RequestClaim | null;
  /** Null: there is one server. */
  readonly shared: RunStore | null;
  readonly onEnd: (report: ChatReport) => Promise<void>;
  /** A watcher that unsubscribed, or cancelChat, has stopped it. */
  readonly onStop: () => void;
  /** It has ended, it was left by its last watcher, or the other servers know all of it. */
  readonly onChange: (kept: KeptRun) => void;
}

/** A run on the server that owns it: with its log, its watchers here, and its copy for the other servers. */
export class KeptRun {
  readonly userId: string;
  readonly runKey: string;
  readonly run: ChatRun;
  readonly log = new RunLog();
  readonly audience: RunAudience;
  readonly claim: RequestClaim | null;
  readonly #settings: Omit<KeptRunSettings, 'source'>;
  readonly #mirror: RunMirror | null;
  #isWaiting = false;

  constructor({ source, ...settings }: KeptRunSettings) {
    const { userId, chatId, claim, shared } = settings;
    this.#settings = settings;
    this.userId = userId;
    this.runKey = runKeyOf(userId, chatId);
    this.claim = claim;
    this.run = new ChatRun({
      ...settings,
      source,
      log: this.log,
      onEvent: () => this.#written(),
      onStall: () => void this.#waitForOthers(),
      isEndedElsewhere: () => this.#mirror?.isEndedElsewhere() ?? Promise.resolve(false),
    });
    this.#mirror = shared && this.#mirrorTo(shared);
    this.audience = new RunAudience({
      log: this.log,
      graceMs: settings.graceMs,
      canBeJoined: claim !== null,
      isWatchedElsewhere: async () =>
        shared !== null && (await shared.cursorElsewhere(userId, chatId)) !== null,
      onBegin: () => void this.run.begin(),
      onStop: () => this.stop(),
      onAbandon: () => void this.run.cancel(),
      onEmpty: () => settings.onChange(this),
    });
  }

  /** The other servers know all of it so far. */
  get isShared(): boolean {
    return this.#mirror?.isInStep ?? false;
  }

  /** Another server has the id of its request, and its provider was never called. */
  get hasLostClaim(): boolean {
    return this.#mirror?.hasLostClaim ?? false;
  }

  /** It has ended, and nothing is left to be done but to be there for who resumes it. */
  get isSettled(): boolean {
    return this.log.isComplete && (this.#mirror === null || this.#mirror.isDone || !this.#mirror.isInStep);
  }

  /** Shows the events so far to the watchers, and to the other servers. */
  async publish(): Promise<void> {
    if (this.#mirror) await this.#mirror.write();
    else this.log.show(this.log.lastSeq);
  }

  /** Gives Redis what it missed while it was away, or what it has forgotten. */
  async publishAgain(): Promise<void> {
    await this.#mirror?.check();
  }

  /** @throws ChatNotFoundError CHAT_NOT_FOUND where what comes after `afterSeq` is no longer kept */
  join(afterSeq: number, connection: AbortSignal): ChatWatch {
    if (afterSeq + 1 < this.log.firstSeq) throw new ChatNotFoundError();
    return this.audience.join(afterSeq, connection);
  }

  /** Shows those who watch elsewhere that it is there. */
  async show(): Promise<void> {
    await this.#mirror?.show();
  }

  /** Its client wants it to end. */
  stop(): void {
    void this.run.cancel();
    this.#settings.onStop();
  }

  /**
   * Stops it for its client. Resolves when all servers know how it ended.
   *
   * @returns false where it had ended before, or ended in another way
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE where that cannot be found out
   */
  async cancel(): Promise<boolean> {
    if (this.log.isComplete) return false;
    this.stop();
    await this.run.cancel();
    for (;;) {
      const end = this.log.shownEnd;
      if (end) return end.__typename === 'ChatCancelled';
      await new Promise<void>((resolve) => this.log.wait(resolve));
    }
  }

  /**
   * Ends it before its provider is called: its request fails, and its id is free for another chat.
   *
   * @returns false where another server has ended it before: then that is what its watchers everywhere see
   */
  async refuse(error: AppError): Promise<boolean> {
    this.#mirror?.dropClaim();
    const ending = await this.run.abort(error);
    return ending.type !== 'failed' || ending.description.code === error.code;
  }

  /** Ends it because its server stops. */
  async end(error: AppError): Promise<void> {
    this.#mirror?.stopWaiting();
    await this.run.abort(error);
  }

  #mirrorTo(shared: RunStore): RunMirror {
    return new RunMirror({
      shared,
      userId: this.userId,
      run: this.run,
      log: this.log,
      claim: this.claim?.shared ?? null,
      onFenced: () => this.run.abort(new RunLostError()),
      onDone: () => this.#settings.onChange(this),
    });
  }

  #written(): void {
    void this.publish();
    if (!this.log.isComplete) return;
    this.audience.close();
    this.#settings.onChange(this);
  }

  /** Where nobody watches here, those who watch elsewhere say how far the run may go on. */
  async #waitForOthers(): Promise<void> {
    const { shared, userId, chatId } = this.#settings;
    // A slow watcher's run stalls again and again: it is asked for once at a time.
    if (!shared || this.#isWaiting) return;
    this.#isWaiting = true;
    while (!this.log.hasRoom && !this.log.isComplete) {
      const cursor = this.audience.isEmpty ? await shared.cursorElsewhere(userId, chatId) : null;
      if (cursor !== null && this.audience.isEmpty) this.log.take(cursor);
      await delay(ASK_AGAIN_MS, undefined, { ref: false });
    }
    this.#isWaiting = false;
  }
}
