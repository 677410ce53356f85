import type { ErrorDescription } from '../common/describe-error.js';
import { describeError } from '../common/describe-error.js';
import { milliseconds } from '../common/milliseconds.js';
import { ProviderTimeoutError, ProviderTruncatedError } from '../outbound/upstream-error.js';
import type { FinishReason, TokenUsage } from '../providers/contract.js';
import type { ChatEvent, ChatTimings, TerminalEvent } from './chat-event.js';
import type { ChatAttempt, ChatSource, SwitchPart } from './chat-source.js';

/** How a chat ended. */
export type ChatEnding =
  | { readonly type: 'completed'; readonly finishReason: FinishReason }
  | { readonly type: 'failed'; readonly error: unknown; readonly description: ErrorDescription }
  | { readonly type: 'cancelled' };

export interface ChatReport {
  /** The one that ended the chat. */
  readonly attempt: ChatAttempt;
  readonly ending: ChatEnding;
  readonly usage: TokenUsage | null;
  readonly timings: ChatTimings;
}

export interface ChatRunSettings {
  readonly chatId: string;
  readonly source: ChatSource;
  /** Milliseconds after which a chat is ended with PROVIDER_TIMEOUT, however lively. */
  readonly maxDurationMs: number;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
  readonly keyResolutionMs: number;
  /** Called once, before the terminal event, however the chat ends. It must not throw. */
  readonly onEnd: (report: ChatReport) => Promise<void>;
  /** Called once, when the watcher has taken the terminal event or has left. */
  readonly onClose: () => void;
}

/** The abort reason of a chat whose watcher left. */
const cancelled = Symbol('cancelled');
const CANCELLED: ChatEnding = { type: 'cancelled' };

/**
 * One chat, from the opened key to its terminal event, pulled by whoever watches it.
 *
 * It is an iterator of its own around a generator, because a generator's `return()` waits for its pending `await`:
 * here the upstream is aborted first, so that leaving takes effect also while the upstream is silent. And a generator
 * that was never started runs no `finally`: leaving starts it, so that no chat ends without its report.
 */
export class ChatRun implements AsyncIterableIterator<ChatEvent> {
  readonly #settings: ChatRunSettings;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #events: AsyncGenerator<ChatEvent, undefined, undefined>;
  #begun = false;
  #attempt: ChatAttempt;
  #seq = 0;
  #usage: TokenUsage | null = null;
  #firstTokenAt: number | null = null;

  constructor(settings: ChatRunSettings) {
    this.#settings = settings;
    this.#attempt = settings.source.first;
    this.#events = this.#run();
    this.#timer = setTimeout(() => this.abort(new ProviderTimeoutError()), settings.maxDurationMs).unref();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ChatEvent, undefined>> {
    this.#begun = true;
    return this.#events.next();
  }

  /** The watcher leaves: the chat is cancelled. Resolves when the upstream is closed and the report is written. */
  async return(): Promise<IteratorResult<ChatEvent, undefined>> {
    this.abort(cancelled);
    if (!this.#begun) await this.next();
    return this.#events.return(undefined);
  }

  throw(): Promise<IteratorResult<ChatEvent, undefined>> {
    return this.return();
  }

  /** Closes the upstream. The chat ends with ChatFailed where the reason is an AppError. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async *#run(): AsyncGenerator<ChatEvent, undefined, undefined> {
    try {
      const ending = yield* this.#watched();
      yield this.#terminal(ending);
    } finally {
      this.#settings.onClose();
    }
    return undefined;
  }

  async *#watched(): AsyncGenerator<ChatEvent, ChatEnding, undefined> {
    let ending: ChatEnding | null = null;
    try {
      yield this.#started();
      ending = yield* this.#relay();
      return ending;
    } finally {
      clearTimeout(this.#timer);
      this.#settings.source.close();
      // Where the watcher leaves between two events nothing else runs.
      ending ??= this.#endingFor(cancelled);
      await this.#settings.onEnd({
        attempt: this.#attempt,
        ending,
        usage: this.#usage,
        timings: this.#timings(),
      });
    }
  }

  async *#relay(): AsyncGenerator<ChatEvent, ChatEnding, undefined> {
    let finishReason: FinishReason | null = null;
    try {
      for await (const part of this.#settings.source.stream(this.#controller.signal)) {
        if (part.type === 'text') yield this.#delta('TextDelta', part.text);
        else if (part.type === 'reasoning') yield this.#delta('ReasoningDelta', part.text);
        else if (part.type === 'usage') this.#usage = part.usage;
        else if (part.type === 'switch') yield this.#switched(part);
        else if (part.type === 'finish') finishReason = part.reason;
      }
      this.#controller.signal.throwIfAborted();
      if (finishReason === null) throw new ProviderTruncatedError();
      return { type: 'completed', finishReason };
    } catch (error) {
      return this.#endingFor(error);
    }
  }

  #endingFor(error: unknown): ChatEnding {
    const { signal } = this.#controller;
    // After an abort its reason counts: what the adapter threw may be no more than its echo.
    if (signal.aborted && signal.reason === cancelled) return CANCELLED;
    const cause: unknown = signal.aborted ? signal.reason : error;
    return { type: 'failed', error: cause, description: describeError(cause) };
  }

  #started(): ChatEvent {
    return { __typename: 'ChatStarted', ...this.#identity(), ...this.#attempt };
  }

  #switched({ attempt, cause }: SwitchPart): ChatEvent {
    this.#attempt = attempt;
    return { __typename: 'ProviderSwitched', ...this.#identity(), ...attempt, cause };
  }

  #delta(__typename: 'TextDelta' | 'ReasoningDelta', text: string): ChatEvent {
    this.#firstTokenAt ??= performance.now();
    const identity = this.#identity();
    return { __typename, ...identity, fromSeq: identity.seq, text };
  }

  #terminal(ending: ChatEnding): TerminalEvent {
    const event = { ...this.#identity(), usage: this.#usage };
    switch (ending.type) {
      case 'completed': {
        const { finishReason } = ending;
        return { __typename: 'ChatCompleted', ...event, finishReason, timings: this.#timings() };
      }
      case 'failed':
        return { __typename: 'ChatFailed', ...event, error: ending.description };
      case 'cancelled':
        return { __typename: 'ChatCancelled', ...event };
    }
  }

  #identity(): { chatId: string; seq: number } {
    this.#seq += 1;
    return { chatId: this.#settings.chatId, seq: this.#seq };
  }

  #timings(): ChatTimings {
    const { arrivedAt, keyResolutionMs } = this.#settings;
    return {
      keyResolutionMs: milliseconds(keyResolutionMs),
      timeToFirstTokenMs: this.#firstTokenAt === null ? null : milliseconds(this.#firstTokenAt - arrivedAt),
      totalMs: milliseconds(performance.now() - arrivedAt),
    };
  }
}
