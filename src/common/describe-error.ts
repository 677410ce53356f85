import { AppError } from './app-error.js';
import type { ErrorCode } from './error-code.js';

/** What a client may learn of a failure. */
export interface ErrorDescription {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

const unexpected: ErrorDescription = {
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong on the server. Its log has more.',
  retryable: false,
  retryAfterMs: null,
};

/** An AppError describes itself; of any other error nothing is shown. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof AppError)) return unexpected;
  const { code, publicMessage, retryable, retryAfterMs } = error;
  return { code, message: publicMessage, retryable, retryAfterMs };
}
