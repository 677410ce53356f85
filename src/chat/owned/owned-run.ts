import type { AppError } from '../../common/app-error.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { RequestClaim } from '../claims/request-claims.js';
import type { ChatEvent } from '../run/chat-event.js';
import { ChatRun, type ChatReport, type ChatRunSettings } from '../run/chat-run.js';
import type { ChatWatch } from '../run/chat-watch.js';
import { ChatNotFoundError } from '../run/chat.errors.js';
import { RunLog } from '../run/run-log.js';
import type { ControlMessage } from '../shared/control-message.js';
import { runKeyOf } from '../shared/run-key.js';
import { RunMirror } from '../shared/run-mirror.js';
import type { RunStore } from '../shared/run-store.js';
import { RunAudience } from './run-audience.js';

export interface OwnedRunSettings extends Omit<ChatRunSettings, 'log' | 'owner'> {
  readonly userId: string;
  /** Milliseconds for which it goes on without a watcher; 0: not at all. */
  readonly graceMs: number;
  /** What the request's id stands for; null where it has none. */
  readonly claim: RequestClaim | null;
  /** Whether the caller chose the claim's id, rather than its client's library. */
  readonly isNamed: boolean;
  /** Its client repeats its request by itself: when it has stopped this chat, the request's id begins another one. */
  readonly repeats: boolean;
  /** Null: there is one server. */
  readonly shared: RunStore | null;
  /** Called once, before the terminal event, which is shown when it resolves. Never throws. */
  readonly writeEnd: (report: ChatReport) => Promise<void>;
  /** It has ended, its last watcher here has left, or Redis has all of it. */
  readonly onChange: (run: OwnedRun) => void;
}

/** A run on the server that owns it: with its log, its watchers here, and its copy for the other servers. */
export class OwnedRun {
  readonly runKey: string;
  readonly #settings: Omit<OwnedRunSettings, 'source'>;
  readonly #log = new RunLog();
  readonly #run: ChatRun;
  readonly #audience: RunAudience;
  readonly #mirror: RunMirror | null;

  constructor({ source, ...settings }: OwnedRunSettings) {
    const { userId, chatId, claim, shared, graceMs, onChange } = settings;
    const log = this.#log;
    this.#settings = settings;
    this.runKey = runKeyOf(userId, chatId);
    this.#run = new ChatRun({
      source,
      log,
      owner: {
        onEvents: () => this.#onEvents(),
        onStall: () => void this.#audience.awaitRoom(),
        isEndedElsewhere: () => this.#mirror?.isEndedElsewhere() ?? Promise.resolve(false),
        onEnd: settings.writeEnd,
      },
      ...settings,
    });
    this.#mirror =
      shared &&
      new RunMirror({
        shared,
        userId,
        run: this.#run,
        log,
        claim: claim?.sealed ?? null,
        onDone: () => onChange(this),
      });
    this.#audience = new RunAudience({
      run: this.#run,
      log,
      graceMs,
      canBeJoined: claim !== null,
      cursorElsewhere: shared && (() => shared.cursorElsewhere(userId, chatId)),
      onStop: () => this.#stop(),
      onEmpty: () => onChange(this),
    });
  }

  get userId(): string {
    return this.#settings.userId;
  }

  get hasEnded(): boolean {
    return this.#log.isComplete;
  }

  /** It has a watcher on this server. */
  get isWatched(): boolean {
    return !this.#audience.isEmpty;
  }

  /** The other servers know all of it so far. */
  get isShared(): boolean {
    return this.#mirror?.isInStep ?? false;
  }

  /** It has ended, and Redis has all of it, or will never have it. */
  get isSettled(): boolean {
    return this.hasEnded && (this.#mirror === null || this.#mirror.isDone || !this.#mirror.isInStep);
  }

  /** Bytes of events that are kept, about. */
  get bytes(): number {
    return this.#log.bytes;
  }

  /**
   * Makes it known to the other servers, before it is joined.
   *
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE where its request's id leads to another chat, or would lead to none
   *   on the other servers: then it has ended before its provider was called
   */
  async announce(): Promise<void> {
    const { claim, isNamed } = this.#settings;
    await this.publish();
    if (this.#mirror?.hasLostClaim) throw new RedisUnavailableError();
    if (isNamed && this.#mirror && !this.isShared) await this.#refuse(this.#mirror);
    claim?.confirm();
  }

  /** Shows the events so far to the watchers, and to the other servers. */
  async publish(): Promise<void> {
    if (this.#mirror) await this.#mirror.write();
    else this.#log.show(this.#log.lastSeq);
  }

  /** Gives Redis what it missed while it was away, or what it has forgotten. */
  async publishAgain(): Promise<void> {
    await this.#mirror?.check();
  }

  /** @throws ChatNotFoundError CHAT_NOT_FOUND where what comes after `afterSeq` is no longer kept */
  join(afterSeq: number, connection: AbortSignal): ChatWatch {
    if (afterSeq + 1 < this.#log.firstSeq) throw new ChatNotFoundError();
    return this.#audience.join(afterSeq, connection);
  }

  /** The events that are kept, so far as watchers may see them. */
  *events(): Generator<ChatEvent, void> {
    for (let afterSeq = this.#log.firstSeq - 1; ;) {
      const { events } = this.#log.read(Math.max(afterSeq, this.#log.firstSeq - 1));
      const last = events.at(-1);
      if (!last) return;
      yield* events;
      afterSeq = last.seq;
    }
  }

  /** Does what another server asks for. */
  handle(type: ControlMessage['type']): void {
    if (type === 'stop') this.#stop();
    else if (type === 'left') this.#audience.leftElsewhere();
    else void this.#mirror?.show();
  }

  /**
   * Stops it for its client. Resolves when all servers know how it ended.
   *
   * @returns false where it had ended before, or ended in another way
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE where that cannot be found out
   */
  async cancel(): Promise<boolean> {
    if (this.hasEnded) return false;
    this.#stop();
    await this.#run.cancel();
    for (;;) {
      const end = this.#log.shownEnd;
      if (end) return end.__typename === 'ChatCancelled';
      await new Promise<void>((resolve) => this.#log.wait(resolve));
    }
  }

  /** Ends it because its server stops. */
  async end(error: AppError): Promise<void> {
    this.#mirror?.stopWaiting();
    await this.#run.abort(error);
  }

  /** It is kept here no longer. What names it in Redis ends with what is kept of it there. */
  forget(): void {
    const { claim } = this.#settings;
    if (claim?.sealed === null) void claim.release();
  }

  /** Its client wants it to end. */
  #stop(): void {
    const { claim, isNamed, repeats } = this.#settings;
    // Who left behind the end has all of it: the same request is given it again.
    const isStopped = !this.hasEnded;
    void this.#run.cancel();
    // A client that unsubscribes does not subscribe again by itself: under that id comes another chat.
    if (!isNamed || (repeats && isStopped)) void claim?.release();
  }

  /** Ends it before its provider is called, unless another server has: then that is what its watchers see. */
  async #refuse(mirror: RunMirror): Promise<void> {
    const error = new RedisUnavailableError();
    mirror.dropClaim();
    const end = await this.#run.abort(error);
    if (end.__typename !== 'ChatFailed' || end.error.code === error.code) throw error;
  }

  #onEvents(): void {
    void this.publish();
    if (!this.hasEnded) return;
    this.#audience.close();
    this.#settings.onChange(this);
  }
}
