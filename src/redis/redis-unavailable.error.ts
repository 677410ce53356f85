import { AppError } from '../common/app-error.js';

/** Redis is away or too slow. What it was about stands in the log. */
export class RedisUnavailableError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  constructor() {
    super('The store that the servers share is not available at the moment. Try again.');
  }
}
