import { AppError } from './app-error.js';

/** A query or mutation took longer than any may. What it waited for was told to stop; a change that had begun may have taken effect. */
export class OperationTimeoutError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;

  constructor() {
    super('This took longer than a query or mutation may. Try again; a change may have taken effect.');
  }
}
