import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../../common/error-code.js';
import type { Violation } from '../../common/input-errors.js';
import { inOpenAIWords, refusedField, toOpenAIPath } from './openai-names.js';

/** https://platform.openai.com/docs/guides/error-codes */
export interface OpenAIError {
  readonly message: string;
  readonly type: string;
  /** The field that is wrong; null where that is none, or not known. */
  readonly param: string | null;
  readonly code: string;
}

/** The status of an answer without a chat, by code. 401 is about the caller's token alone, never about a stored key. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 400,
  PERSISTED_QUERY_NOT_IN_LIST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  KEY_NOT_FOUND: 403,
  NO_KEY_AVAILABLE: 403,
  KEY_REJECTED: 403,
  KEY_EXHAUSTED: 403,
  KEY_EXPIRED: 403,
  KEY_NOT_PERMITTED: 403,
  KEY_UNREADABLE: 403,
  CHAT_NOT_FOUND: 404,
  UNKNOWN_MODEL: 404,
  PROVIDER_BAD_REQUEST: 400,
  PROVIDER_RATE_LIMITED: 429,
  PROVIDER_UNAVAILABLE: 502,
  PROVIDER_TIMEOUT: 504,
  PROVIDER_TRUNCATED: 502,
};

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  429: 'rate_limit_error',
};

export const openAIStatusOf = (code: ErrorCode): number => statuses[code];

/** An error as clients of OpenAI's API read it. */
export function toOpenAIError(
  { message, extensions = {} }: GraphQLFormattedError,
  status: number,
): OpenAIError {
  const violations = ((extensions.violations ?? []) as readonly Violation[]).map((violation) => ({
    path: toOpenAIPath(violation.path),
    message: inOpenAIWords(violation.message),
  }));
  const [first] = violations;
  const fallback = status >= 500 ? 'server_error' : 'invalid_request_error';
  return {
    message: first
      ? violations.map((each) => `${each.path}: ${each.message}`).join('; ')
      : inOpenAIWords(message),
    type: types[status] ?? fallback,
    param: first ? fieldOf(first) : refusedField(message),
    code: String(extensions.code),
  };
}

/** What tells the client's package whether, and when, to repeat a request. */
export function retryHeaders({ extensions = {} }: GraphQLFormattedError): Record<string, string> {
  const { retryable, retryAfterMs } = extensions;
  if (typeof retryAfterMs !== 'number') return { 'x-should-retry': String(retryable === true) };
  return {
    'x-should-retry': String(retryable === true),
    'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
    'retry-after-ms': String(Math.ceil(retryAfterMs)),
  };
}

/** A request as a whole has no field that is wrong. */
const fieldOf = ({ path }: Violation): string | null => (path === 'request' ? null : path);
