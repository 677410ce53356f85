import {
  KeyExhaustedError,
  KeyRejectedError,
  ProviderBadRequestError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  UnknownModelError,
  type UpstreamError,
} from './upstream-error.js';

/** What can be wrong, in one word: the values of the tables that translate a provider's codes and statuses. */
export type FailureKind =
  | 'keyRejected'
  | 'keyExhausted'
  | 'unknownModel'
  | 'badRequest'
  | 'rateLimited'
  | 'unavailable'
  | 'notServedHere'
  | 'timeout';

/** What is read of a provider's failure. Only the tables' keys are recognised: nothing of it is passed on. */
export interface UpstreamFailure {
  /** The HTTP status; null for a failure inside a stream. */
  readonly status: number | null;
  /** The provider's own codes, the most telling first. The first that the table knows decides. */
  readonly codes?: readonly unknown[];
  /** The name of our own input that the provider complains about. */
  readonly parameter?: string | null;
  readonly retryAfterMs?: number | null;
}

export interface FailureTable {
  readonly codes: Readonly<Record<string, FailureKind>>;
  /** Where this provider's statuses mean something else than usual. */
  readonly statuses?: Readonly<Record<number, FailureKind>>;
}

const USUAL_STATUSES: Readonly<Record<number, FailureKind>> = {
  401: 'keyRejected',
  402: 'keyExhausted',
  403: 'keyRejected',
  404: 'unknownModel',
  408: 'timeout',
  429: 'rateLimited',
};

/**
 * Rebuilds a provider's failure from its status and its own code together: the code decides where the provider's
 * table knows it, for a 400 may be about the key (Google), a 403 about the region and a 429 about money (OpenAI).
 */
export function toUpstreamError(failure: UpstreamFailure, table: FailureTable): UpstreamError {
  const kind = kindOfCode(failure.codes ?? [], table) ?? kindOfStatus(failure.status, table);
  return Object.assign(makeError[kind](failure), { status: failure.status });
}

function kindOfCode(codes: readonly unknown[], table: FailureTable): FailureKind | undefined {
  for (const code of codes) {
    if (typeof code === 'string' && Object.hasOwn(table.codes, code)) return table.codes[code];
  }
  return undefined;
}

function kindOfStatus(status: number | null, table: FailureTable): FailureKind {
  if (status === null) return 'unavailable';
  const isClientError = status >= 400 && status < 500;
  return table.statuses?.[status] ?? USUAL_STATUSES[status] ?? (isClientError ? 'badRequest' : 'unavailable');
}

const makeError: Readonly<Record<FailureKind, (failure: UpstreamFailure) => UpstreamError>> = {
  keyRejected: () => new KeyRejectedError(),
  keyExhausted: () => new KeyExhaustedError(),
  unknownModel: () => new UnknownModelError(),
  badRequest: ({ parameter }) => new ProviderBadRequestError(parameter ?? null),
  rateLimited: ({ retryAfterMs }) => new ProviderRateLimitedError(retryAfterMs ?? null),
  unavailable: ({ retryAfterMs }) => new ProviderUnavailableError(retryAfterMs ?? null),
  notServedHere: () => new ProviderUnavailableError(null, false),
  timeout: () => new ProviderTimeoutError(),
};
