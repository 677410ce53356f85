import { plainEvent } from './sse.mjs';

/** Error answers as Google writes them. */
export const googleErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(400, 'INVALID_ARGUMENT', `API key not valid: ${key}. Please pass a valid API key.`, [
      errorInfo('API_KEY_INVALID'),
    ]),
  /** A day's quota is spent: waiting for `retryDelay`, which it names all the same, does not help. */
  quota: (/** @type {string | null} */ key) =>
    error(429, 'RESOURCE_EXHAUSTED', `You exceeded your current quota (${key}).`, [
      quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      retryInfo('34s'),
    ]),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, 'RESOURCE_EXHAUSTED', `Too many requests (${key}).`, [
      quotaFailure('GenerateRequestsPerMinutePerProjectPerModel'),
      retryInfo('23.5s'),
    ]),
  unknownModel: (/** @type {string} */ model) =>
    error(404, 'NOT_FOUND', `models/${model} is not found for API version v1beta.`),
  badParameter: (/** @type {string} */ field) =>
    error(400, 'INVALID_ARGUMENT', `* GenerateContentRequest.${field}: out of range.`, [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field, description: 'out of range' }],
      },
    ]),
  missingSignature: () =>
    error(400, 'INVALID_ARGUMENT', 'Function call is missing a thought_signature in functionCall parts.'),
  missingResponse: () =>
    error(
      400,
      'INVALID_ARGUMENT',
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    ),
  permission: () =>
    error(403, 'PERMISSION_DENIED', 'Requests to this API are blocked.', [
      errorInfo('API_KEY_SERVICE_BLOCKED'),
    ]),
  region: () => error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  overloaded: () => error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
};

/** Events that end a stream with a failure. */
export const googleStreamErrors = {
  error: (/** @type {number} */ code, /** @type {string} */ status, message = 'Something went wrong.') =>
    plainEvent({ error: { code, message, status } }),
};

/**
 * @param {number} code
 * @param {string} status
 * @param {string} message
 * @param {object[]} [details]
 */
function error(code, status, message, details = []) {
  return { status: code, headers: {}, body: { error: { code, message, status, details } } };
}

/** @param {string} reason */
function errorInfo(reason) {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
}

/** @param {string} quotaId */
function quotaFailure(quotaId) {
  return {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [
      {
        quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
        quotaId,
        quotaValue: '20',
      },
    ],
  };
}

/** @param {string} retryDelay */
function retryInfo(retryDelay) {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay };
}
