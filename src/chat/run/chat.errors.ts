import { AppError } from '../../common/app-error.js';
import type { ErrorDescription } from '../../common/describe-error.js';
import type { ErrorCode } from '../../common/error-code.js';

/** The same answer for an unknown chat, another user's, and one that is no longer kept. */
export class ChatNotFoundError extends AppError {
  readonly code = 'CHAT_NOT_FOUND';
  readonly retryable = false;

  constructor() {
    super('There is no such chat to resume or to cancel.');
  }
}

/** A request id that stands for another chat: one id, one input. */
export class RequestConflictError extends AppError {
  readonly code = 'CONFLICT';
  readonly retryable = false;

  constructor() {
    super('This requestId was sent before with another input. Send a new one with a new chat.');
  }
}

/** The server that relayed the answer is gone, or was taken for gone. */
export class RunLostError extends AppError {
  readonly code = 'PROVIDER_TRUNCATED';
  readonly retryable = true;

  constructor() {
    super('The server that relayed the answer stopped before it was complete.');
  }
}

/** A chat that failed, for one who waits for the whole answer. */
export class FailedChatError extends AppError {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  override readonly retryAfterMs: number | null;

  /** @param description as its ChatFailed has it */
  constructor(
    { code, message, retryable, retryAfterMs }: ErrorDescription,
    override readonly chatId: string,
  ) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A chat that somebody stopped, for one who waits for the whole answer. */
export class CancelledChatError extends AppError {
  readonly code = 'CONFLICT';
  readonly retryable = false;

  constructor(override readonly chatId: string) {
    super('This chat was cancelled before its answer was complete.');
  }
}

/** Characters of text and reasoning that are given at once: more than any model writes, and what a server can hold. */
export const MAX_WHOLE_LENGTH = 4 * 1024 * 1024;

/** An answer without an end in sight, for one who waits for all of it. */
export class LongAnswerError extends AppError {
  readonly code = 'PROVIDER_TRUNCATED';
  readonly retryable = false;

  constructor(override readonly chatId: string) {
    super(
      `The answer was stopped: it is longer than ${MAX_WHOLE_LENGTH.toLocaleString('en')} characters. Subscribe to chat for such a one.`,
    );
  }
}
