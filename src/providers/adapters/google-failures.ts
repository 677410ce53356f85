import { secondsToRetryAfterMs } from '../../outbound/retry-after.js';
import type { UpstreamError } from '../../outbound/upstream-error.js';
import { toUpstreamError, type FailureTable } from '../../outbound/upstream-failure.js';
import { meaningOf, type InputName, type TellingTexts } from '../telling-texts.js';
import { listAt, valueAt } from '../value-at.js';

/** Kinds of failure that the API tells by nothing but a sentence or a name. They are looked at and let go. */
const tellingTexts: TellingTexts<string> = [
  [/\bAPI key (not valid|not found|expired)\b/i, 'API_KEY_INVALID'],
  [/\bprepayment credits are depleted\b/i, 'BILLING_DISABLED'],
  [/PerDay/, 'DAY_QUOTA_EXCEEDED'],
];

const failures: FailureTable = {
  codes: {
    API_KEY_INVALID: 'keyRejected',
    UNAUTHENTICATED: 'keyRejected',
    BILLING_DISABLED: 'keyExhausted',
    DAY_QUOTA_EXCEEDED: 'keyExhausted',
    NOT_FOUND: 'unknownModel',
    RESOURCE_EXHAUSTED: 'rateLimited',
    PERMISSION_DENIED: 'keyRejected',
    // "User location is not supported": the API has no other use of it here.
    FAILED_PRECONDITION: 'notServedHere',
    INVALID_ARGUMENT: 'badRequest',
    OUT_OF_RANGE: 'badRequest',
    DEADLINE_EXCEEDED: 'timeout',
    INTERNAL: 'unavailable',
    UNAVAILABLE: 'unavailable',
  },
};

const inputs: TellingTexts<InputName> = [
  [/temperature/i, 'temperature'],
  [/max_?output_?tokens/i, 'maxOutputTokens'],
  [/thinking/i, 'reasoningEffort'],
  [/\btools?\b|\btool_?config\b|\bfunction.?(calling|declarations)\b/i, 'webSearch'],
  [/\b(contents?|system_?instruction|token count)\b/i, 'messages'],
  [/\bmodel\b/i, 'model'],
];

/** Rebuilds a `google.rpc.Status`: https://cloud.google.com/apis/design/errors */
export function toFailure(error: unknown, status: number | null, retryAfter: number | null): UpstreamError {
  const details = listAt(error, 'details');
  const message = valueAt(error, 'message');
  const all = (list: string, field: string): unknown[] =>
    details.flatMap((detail) => listAt(detail, list).map((entry) => valueAt(entry, field)));
  const reasons = details.map((detail) => valueAt(detail, 'reason'));
  const delays = details.map((detail) => delayOf(valueAt(detail, 'retryDelay')));
  return toUpstreamError(
    {
      status: status ?? statusOf(error),
      codes: [
        ...reasons,
        meaningOf([message, ...all('violations', 'quotaId')], tellingTexts),
        valueAt(error, 'status'),
      ],
      parameter: meaningOf([...all('fieldViolations', 'field'), message], inputs),
      retryAfterMs: retryAfter ?? delays.find((delay) => delay !== null) ?? null,
    },
    failures,
  );
}

/** `"23.5s"`, a `google.protobuf.Duration` in JSON. */
function delayOf(duration: unknown): number | null {
  const seconds = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? null : secondsToRetryAfterMs(Number(seconds));
}

/** Inside a stream the error names the status that its answer would have had. */
function statusOf(error: unknown): number | null {
  const code = valueAt(error, 'code');
  return typeof code === 'number' ? code : null;
}
