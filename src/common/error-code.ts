/**
 * Every value that `extensions.code` and `ErrorInfo.code` can take. docs/errors.md has a row for each,
 * and a test keeps the two in step.
 */
export const errorCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'KEY_NOT_FOUND',
  'NO_KEY_AVAILABLE',
  'KEY_REJECTED',
  'KEY_EXHAUSTED',
  'KEY_EXPIRED',
  'KEY_NOT_PERMITTED',
  'KEY_UNREADABLE',
  'CHAT_NOT_FOUND',
  'UNKNOWN_MODEL',
  'PROVIDER_BAD_REQUEST',
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_TRUNCATED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
