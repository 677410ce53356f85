import { Logger } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { describeError } from '../../common/describe-error.js';
import { milliseconds } from '../../common/milliseconds.js';
import { PatientTimer } from '../../common/patient-timer.js';
import { ProviderTimeoutError, ProviderTruncatedError } from '../../outbound/upstream-error.js';
import type { TokenUsage } from '../../providers/chat/contract.js';
import type { ChatCompletedEvent, ChatEvent, ChatTimings, TerminalEvent } from './chat-event.js';
import type { ChatAttempt, ChatSource, FinishPart, SourcePart } from './chat-source.js';
import { RunLostError } from './chat.errors.js';
import type { RunLog } from './run-log.js';

export interface ChatReport {
  /** The one that ended the chat. */
  readonly attempt: ChatAttempt;
  readonly end: TerminalEvent;
  readonly timings: ChatTimings;
}

/** What a run needs of the server that owns it. */
export interface RunOwner {
  /** Called after events were appended to the log, those of one chunk together. */
  onEvents(): void;
  /** Called when the log has no room: the slowest watcher has fallen behind. */
  onStall(): void;
  /** Called once, when the stream is over: whether another server has ended the run. Never throws. */
  isEndedElsewhere(): Promise<boolean>;
  /** Called once, before the terminal event, which is shown when it resolves. Never throws. */
  onEnd(report: ChatReport): Promise<void>;
}

export interface ChatRunSettings {
  readonly chatId: string;
  readonly source: ChatSource;
  readonly log: RunLog;
  readonly owner: RunOwner;
  /** Milliseconds after which a chat is ended with PROVIDER_TIMEOUT, however lively. */
  readonly maxDurationMs: number;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
  readonly keyResolutionMs: number;
}

/** The abort reason of a chat that was stopped on request. */
const cancelled = Symbol('cancelled');

/** Why a run is aborted. Its signal keeps it, so it may not be an error that holds on to anything. */
type AbortReason = AppError | typeof cancelled;

type Outcome = Pick<ChatCompletedEvent, 'finishReason' | 'schemaValid'> | { readonly cause: unknown };

const logger = new Logger('ChatRun');

const toCompletion = ({ reason, schemaValid = null }: FinishPart): Outcome => ({
  finishReason: reason,
  schemaValid,
});

/** What a run needs while it goes on. It holds all that was asked, and the keys. */
interface Work {
  readonly source: ChatSource;
  readonly controller: AbortController;
  readonly timer: PatientTimer;
}

/**
 * One chat, from the opened key to its terminal event, written to its log. It knows no watcher: where the log has no
 * room, it waits, and lets the provider wait.
 */
export class ChatRun {
  readonly #settings: Omit<ChatRunSettings, 'source'>;
  /** Null when it is over: a run is kept for long after its end. */
  #work: Work | null;
  #attempt: ChatAttempt;
  #ended: Promise<TerminalEvent> | null = null;
  #seq = 0;
  #usage: TokenUsage | null = null;
  #firstTokenAt: number | null = null;

  /** Its log holds ChatStarted from the beginning, without a call of onEvents. */
  constructor({ source, ...settings }: ChatRunSettings) {
    this.#settings = settings;
    this.#attempt = source.first;
    const timer = new PatientTimer(settings.maxDurationMs, () => void this.abort(new ProviderTimeoutError()));
    this.#work = { source, controller: new AbortController(), timer };
    settings.log.append({ __typename: 'ChatStarted', ...this.#identity(), ...this.#attempt });
  }

  get chatId(): string {
    return this.#settings.chatId;
  }

  /** Who answers, and whose key pays, at the moment. */
  get attempt(): ChatAttempt {
    return this.#attempt;
  }

  /** Calls the provider, unless it was called or the run was stopped before. Resolves when the run is over. */
  begin(): Promise<TerminalEvent> {
    return (this.#ended ??= this.#run());
  }

  /** Stops it on request: the upstream is closed at once. Resolves when the run is over. */
  cancel(): Promise<TerminalEvent> {
    return this.abort(cancelled);
  }

  /** Closes the upstream. The chat ends with ChatFailed where the reason is an AppError. */
  abort(reason: AbortReason): Promise<TerminalEvent> {
    this.#work?.controller.abort(reason);
    return this.begin();
  }

  async #run(): Promise<TerminalEvent> {
    const { owner, log } = this.#settings;
    const own = await this.#finishWork();
    const outcome = (await owner.isEndedElsewhere()) ? { cause: new RunLostError() } : own;
    const timings = this.#timings();
    const end = this.#toEnd(outcome, timings);
    await owner.onEnd({ attempt: this.#attempt, end, timings });
    log.append(end);
    log.complete();
    owner.onEvents();
    return end;
  }

  async #finishWork(): Promise<Outcome> {
    const work = this.#work;
    if (!work) throw new Error('A run begins once.');
    const { source, controller, timer } = work;
    const outcome = await this.#relay(source, controller.signal);
    this.#work = null;
    timer.stop();
    source.close();
    return outcome;
  }

  async #relay(source: ChatSource, signal: AbortSignal): Promise<Outcome> {
    let finish = null as FinishPart | null;
    try {
      signal.throwIfAborted();
      await source.stream(signal, (parts) => {
        for (const part of parts) {
          if (part.type === 'usage') this.#usage = part.usage;
          else if (part.type === 'finish') finish = part;
          else this.#settings.log.append(this.#toEvent(part));
        }
        this.#settings.owner.onEvents();
        return this.#room(signal);
      });
      signal.throwIfAborted();
      if (finish === null) throw new ProviderTruncatedError();
      return toCompletion(finish);
    } catch (error) {
      // What is complete has been paid for, and is no failure, however late it is: only its client can take it back.
      if (finish !== null && signal.aborted && signal.reason !== cancelled) return toCompletion(finish);
      // After an abort its reason counts: what the adapter threw may be no more than its echo.
      return { cause: signal.aborted ? signal.reason : error };
    }
  }

  /** Resolves when the log has room; undefined where it has. */
  #room(signal: AbortSignal): Promise<void> | undefined {
    const room = this.#settings.log.room(signal);
    if (!room) return undefined;
    this.#settings.owner.onStall();
    return room;
  }

  #toEvent(part: Exclude<SourcePart, { type: 'usage' | 'finish' }>): ChatEvent {
    switch (part.type) {
      case 'text':
        return this.#delta('TextDelta', part.text);
      case 'reasoning':
        return this.#delta('ReasoningDelta', part.text);
      case 'switch':
        this.#attempt = part.attempt;
        // What was reported before is of the one that failed.
        this.#usage = null;
        return { __typename: 'ProviderSwitched', ...this.#identity(), ...part.attempt, cause: part.cause };
      case 'searchStarted': {
        const { engine, query } = part;
        return { __typename: 'SearchStarted', ...this.#identity(), engine, provider: engine, query };
      }
      case 'searchFinished': {
        const { engine, query, results, failure } = part;
        const found = { engine, provider: engine, query, results, failure, error: failure };
        return { __typename: 'SearchFinished', ...this.#identity(), ...found };
      }
      case 'clientCalls': {
        const { calls, transcript } = part;
        return { __typename: 'ToolCallsRequested', ...this.#identity(), calls, transcript };
      }
    }
  }

  #delta(__typename: 'TextDelta' | 'ReasoningDelta', text: string): ChatEvent {
    this.#firstTokenAt ??= performance.now();
    const { chatId, seq } = this.#identity();
    return { __typename, chatId, seq, fromSeq: seq, text };
  }

  /** The event holds no error: that would keep the call that it was made in, and the request with the key. */
  #toEnd(outcome: Outcome, timings: ChatTimings): TerminalEvent {
    const event = { ...this.#identity(), usage: this.#usage };
    if ('finishReason' in outcome) return { __typename: 'ChatCompleted', ...event, ...outcome, timings };
    const { cause } = outcome;
    if (cause === cancelled) return { __typename: 'ChatCancelled', ...event };
    if (!(cause instanceof AppError)) {
      logger.error({ err: cause, chatId: this.chatId }, 'A chat failed for a reason of our own');
    }
    return { __typename: 'ChatFailed', ...event, error: describeError(cause) };
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
