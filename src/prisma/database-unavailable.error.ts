import { AppError } from '../common/app-error.js';

/** The database is away, too slow, or has no connection to spare. What it was about stands in `cause`, for the log. */
export class DatabaseUnavailableError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  constructor(
    options?: ErrorOptions,
    publicMessage = 'The database does not answer at the moment. Try again.',
  ) {
    super(publicMessage, options);
  }
}

/** The database can be read and takes no changes: a standby, or what was the primary before a failover. */
export class DatabaseReadOnlyError extends DatabaseUnavailableError {
  constructor(options?: ErrorOptions) {
    super(options, 'The database takes no changes at the moment. Try again.');
  }
}
