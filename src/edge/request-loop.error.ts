import { AppError } from '../common/app-error.js';

/** A server of this kind sent it, on its way to an address that a user named: it would go round and round. */
export class RequestLoopError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly retryable = false;
  /** Loop Detected (RFC 5842 section 7.2). */
  override readonly httpStatus = 508;

  constructor() {
    super(
      'This request was passed on by a Keystream server (Via): it is not answered, so that none calls itself.',
    );
  }
}
