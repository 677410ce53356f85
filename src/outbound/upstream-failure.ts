import {
  KeyExhaustedError,
  KeyLacksRightError,
  KeyRejectedError,
  ProviderBadRequestError,
  ProviderDownError,
  ProviderNotHereError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  UnknownModelError,
  type UpstreamError,
} from './upstream-error.js';

/** What can be wrong, in one word: the values of the tables that translate a provider's codes and statuses. */
export type FailureKind =
  | 'keyRejected'
  | 'keyLacksRight'
  | 'keyExhausted'
  | 'unknownModel'
  | 'badRequest'
  | 'rateLimited'
  | 'unavailable'
  | 'notServedHere'
  | 'timeout';

/** What is read of a provider's failure. Only the tables' keys are recognised: nothing of it is passed on. */
export interface UpstreamFailure {
  /** The HTTP status, or what a failure inside a stream says in its place; null: nothing. */
  readonly status: number | null;
  /** The provider's own codes and types, the most specific first. The first that the table knows decides. */
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
  // Another request was in the way, or the server gave this one up: nothing is wrong with it.
  409: 'unavailable',
  429: 'rateLimited',
  499: 'unavailable',
};

/** No code is nearly as long. */
const MAX_CODE_LENGTH = 200;

/**
 * Rebuilds a provider's failure from its status and its own code together: the code decides where it is known, for a
 * 400 may be about the key (Google), a 403 about the region and a 429 about money (OpenAI).
 *
 * A policy's refusal is about the client's question, with any status or type.
 */
export function toUpstreamError(failure: UpstreamFailure, table: FailureTable): UpstreamError {
  return (
    findUpstreamError(failure, table) ??
    withStatus(new ProviderUnavailableError(failure.retryAfterMs), failure)
  );
}

/** The same for what may be no failure at all: null where neither a code nor a status says that it is one. */
export function findUpstreamError(failure: UpstreamFailure, table: FailureTable): UpstreamError | null {
  const codes = (failure.codes ?? []).filter(isCode);
  const kind = kindOfCodes(codes, table) ?? kindOfStatus(failure.status, table) ?? kindOfType(codes);
  return kind && withStatus(makeError[kind](failure), failure);
}

const withStatus = (error: UpstreamError, { status }: UpstreamFailure): UpstreamError =>
  Object.assign(error, { status });

const isCode = (code: unknown): code is string =>
  typeof code === 'string' && code !== '' && code.length <= MAX_CODE_LENGTH;

function kindOfCodes(codes: readonly string[], table: FailureTable): FailureKind | null {
  if (codes.some(namesPolicy)) return 'badRequest';
  const known = codes.find((code) => Object.hasOwn(table.codes, code));
  return known === undefined ? null : (table.codes[known] ?? null);
}

/** `cyber_policy`, `content_policy_violation`: new ones come, and all say the same. What has spaces is a sentence. */
function namesPolicy(code: string): boolean {
  if (code.includes(' ')) return false;
  return code
    .toLowerCase()
    .split(/[^a-z\d]/)
    .some((word) => word === 'policy' || word === 'policies');
}

function kindOfStatus(status: number | null, table: FailureTable): FailureKind | null {
  if (status === null || status < 300) return null;
  const isClientError = status >= 400 && status < 500;
  return table.statuses?.[status] ?? USUAL_STATUSES[status] ?? (isClientError ? 'badRequest' : 'unavailable');
}

/** Where no status says whose fault it is, the type of an error does (`invalid_request_error`, `invalid_request`). */
function kindOfType(codes: readonly string[]): FailureKind | null {
  return codes.some((code) => code.startsWith('invalid_request')) ? 'badRequest' : null;
}

const makeError: Readonly<Record<FailureKind, (failure: UpstreamFailure) => UpstreamError>> = {
  keyRejected: () => new KeyRejectedError(),
  keyLacksRight: () => new KeyLacksRightError(),
  keyExhausted: () => new KeyExhaustedError(),
  unknownModel: () => new UnknownModelError(),
  badRequest: ({ parameter }) => new ProviderBadRequestError(parameter ?? null),
  rateLimited: ({ retryAfterMs }) => new ProviderRateLimitedError(retryAfterMs ?? null),
  unavailable: ({ retryAfterMs }) => new ProviderDownError(retryAfterMs ?? null),
  notServedHere: () => new ProviderNotHereError(),
  timeout: () => new ProviderTimeoutError(),
};
