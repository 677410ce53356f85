import { AppError } from '../../common/app-error.js';

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
