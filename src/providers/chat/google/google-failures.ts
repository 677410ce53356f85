import { secondsToRetryAfterMs } from '../../../outbound/retry-after.js';
import { failureReader } from '../failure-reader.js';
import { meaningOf, type MeaningPatterns } from '../meaning-patterns.js';
import { listAt, valueAt } from '../value-at.js';

/** Kinds of failure that show only in a sentence or a name. These are looked at and dropped. */
const textPatterns: MeaningPatterns<string> = [
  [/\bAPI key (not valid|not found|expired)\b/i, 'API_KEY_INVALID'],
  [/\bprepayment credits are depleted\b/i, 'BILLING_DISABLED'],
  [/PerDay/, 'DAY_QUOTA_EXCEEDED'],
];

/** Rebuilds a `google.rpc.Status`: https://cloud.google.com/apis/design/errors */
export const toFailure = failureReader({
  table: {
    codes: {
      API_KEY_INVALID: 'keyRejected',
      UNAUTHENTICATED: 'keyRejected',
      BILLING_DISABLED: 'keyExhausted',
      DAY_QUOTA_EXCEEDED: 'keyExhausted',
      NOT_FOUND: 'unknownModel',
      RESOURCE_EXHAUSTED: 'rateLimited',
      PERMISSION_DENIED: 'keyLacksRight',
      // "User location is not supported": the API has no other use of it here.
      FAILED_PRECONDITION: 'notServedHere',
      INVALID_ARGUMENT: 'badRequest',
      OUT_OF_RANGE: 'badRequest',
      DEADLINE_EXCEEDED: 'timeout',
      INTERNAL: 'unavailable',
      UNAVAILABLE: 'unavailable',
      ABORTED: 'unavailable',
      CANCELLED: 'unavailable',
    },
  },
  codesOf: (error) => [
    ...listAt(error, 'details').map((detail) => valueAt(detail, 'reason')),
    meaningOf([valueAt(error, 'message'), ...inDetails(error, 'violations', 'quotaId')], textPatterns),
    valueAt(error, 'status'),
    valueAt(error, 'code'),
  ],
  complaintsOf: (error) => [...inDetails(error, 'fieldViolations', 'field'), valueAt(error, 'message')],
  inputs: [
    [/temperature/i, 'temperature'],
    [/max_?output_?tokens/i, 'maxOutputTokens'],
    [/thinking/i, 'reasoningEffort'],
    [/response_?json_?schema|response_?schema|response_?mime_?type/i, 'responseSchema'],
    [/\btools?\b|\btool_?config\b|\bfunction.?(calling|declarations)\b/i, 'tools'],
    [/\b(contents?|system_?instruction|token count)\b/i, 'messages'],
    [/\bmodel\b/i, 'model'],
  ],
  // Models that do not think refuse to be asked for their thoughts.
  additions: [[/\binclude_?thoughts\b/i, 'shownReasoning']],
  retryAfterMsOf: (error) =>
    listAt(error, 'details')
      .map((detail) => delayOf(valueAt(detail, 'retryDelay')))
      .find((delay) => delay !== null) ?? null,
});

function inDetails(error: unknown, list: string, field: string): unknown[] {
  return listAt(error, 'details').flatMap((detail) =>
    listAt(detail, list).map((entry) => valueAt(entry, field)),
  );
}

/** `"23.5s"`, a `google.protobuf.Duration` in JSON. */
function delayOf(duration: unknown): number | null {
  const seconds = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? null : secondsToRetryAfterMs(Number(seconds));
}
