import { AppError } from '../../common/app-error.js';

/**
 * A query by its hash or id, where the operator has listed none. Nothing is kept of queries here: keys may stand in them. Clients that know this code send
 * the text instead (https://www.apollographql.com/docs/apollo-server/performance/apq).
 */
export class PersistedQueryNotSupportedError extends AppError {
  readonly code = 'PERSISTED_QUERY_NOT_SUPPORTED';
  readonly retryable = false;
  /** As Apollo answers: not every client looks into an answer with another one. */
  override readonly httpStatus = 200;

  constructor() {
    super('PersistedQueryNotSupported');
  }
}

/** The operator has listed what may run, and this is not among it. */
export class PersistedQueryNotInListError extends AppError {
  readonly code = 'PERSISTED_QUERY_NOT_IN_LIST';
  readonly retryable = false;

  constructor() {
    super('This server runs listed operations only, and this is none of them.');
  }
}
