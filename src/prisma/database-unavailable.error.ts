import { AppError } from '../common/app-error.js';

/** The database is away, too slow, or has no connection to spare. What it was about stands in `cause`, for the log. */
export class DatabaseUnavailableError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  constructor(options?: ErrorOptions) {
    super('The database does not answer at the moment. Try again.', options);
  }
}
