import { AppError } from '../common/app-error.js';

/** Schemas cannot be looked at now: the worker does not start, or the server stops. */
export class SchemaCheckError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  constructor() {
    super('The schemas cannot be checked at the moment. Try again.');
  }
}
