import type { ErrorCode } from './error-code.js';

/**
 * A failure that may be shown to a client. One subclass per cause, in the module that owns the cause.
 * Anything that is not an AppError reaches a client as INTERNAL_SERVER_ERROR with a request id.
 *
 * Invariant: `publicMessage` is made of our own words and allow-listed names only. A value that came from a
 * user, a provider or a database never becomes part of it.
 *
 * It has no stack. Its code says what happened, and an error keeps the functions that it was made in, with what they
 * were called on, for as long as it lives: one that is made while a provider answers would keep the request's headers.
 */
export abstract class AppError extends Error {
  /** What clients branch on: `extensions.code`. */
  abstract readonly code: ErrorCode;
  /** Whether the same request may succeed later without any change to it. */
  abstract readonly retryable: boolean;
  /** Milliseconds after which a retry makes sense, where it is known. */
  readonly retryAfterMs: number | null = null;
  /** The chat that it ended, where there is one: what there is of its answer can still be had. */
  readonly chatId: string | null = null;
  /** HTTP status for a request that failed as a whole; null leaves it to GraphQL over HTTP. */
  readonly httpStatus: number | null = null;

  constructor(
    readonly publicMessage: string,
    options?: ErrorOptions,
  ) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(publicMessage, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = new.target.name;
  }
}
