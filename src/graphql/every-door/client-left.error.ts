import { AppError } from '../../common/app-error.js';

/** Why a request's work was given up: the client closed its connection, so this error is never sent. */
export class ClientLeftError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;

  constructor() {
    super('The client left before it was answered.');
  }
}
