import { AppError } from './app-error.js';

/** This server has more to do than it can do in time. Nothing was begun, and nothing was spent. */
export class ServerBusyError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  /** @param retryAfterMs after which this server may have time; another one may have it at once */
  constructor(override readonly retryAfterMs: number) {
    super('This server is busy. Try again.');
  }
}
