import { AppError } from '../common/app-error.js';

/** Over one of the operator's limits: nothing was begun, and nothing was spent. */
export class RateLimitedError extends AppError {
  readonly code = 'RATE_LIMITED';
  readonly retryable = true;
  override readonly httpStatus = 429;

  /** @param retryAfterMs after which a retry succeeds, where nothing else comes first; for streams at once a guess */
  constructor(
    publicMessage: string,
    override readonly retryAfterMs: number,
  ) {
    super(publicMessage);
  }
}
