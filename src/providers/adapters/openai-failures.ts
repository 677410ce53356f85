import type { UpstreamError } from '../../outbound/upstream-error.js';
import { toUpstreamError, type FailureTable } from '../../outbound/upstream-failure.js';
import { meaningOf, type InputName, type TellingTexts } from '../telling-texts.js';
import { valueAt } from '../value-at.js';

const failures: FailureTable = {
  codes: {
    invalid_api_key: 'keyRejected',
    account_deactivated: 'keyRejected',
    insufficient_quota: 'keyExhausted',
    billing_hard_limit_reached: 'keyExhausted',
    billing_not_active: 'keyExhausted',
    model_not_found: 'unknownModel',
    rate_limit_exceeded: 'rateLimited',
    unsupported_country_region_territory: 'notServedHere',
    context_length_exceeded: 'badRequest',
    invalid_prompt: 'badRequest',
    bio_policy: 'badRequest',
    data_residency_mismatch: 'badRequest',
    server_error: 'unavailable',
  },
};

/** Inside a stream no status says whose fault it is: there the error's type does, where its code is unknown. */
const streamFailures: FailureTable = { codes: { ...failures.codes, invalid_request_error: 'badRequest' } };

const inputs: TellingTexts<InputName> = [
  [/^temperature\b/, 'temperature'],
  [/^max_output_tokens\b/, 'maxOutputTokens'],
  [/^reasoning\b/, 'reasoningEffort'],
  [/^(tools|tool_choice|include)\b/, 'webSearch'],
  [/^model\b/, 'model'],
  [/^(input|instructions)\b/, 'messages'],
];

/** @param error what the API says of itself: https://platform.openai.com/docs/guides/error-codes */
export function toFailure(error: unknown, status: number | null, retryAfterMs: number | null): UpstreamError {
  return toUpstreamError(
    {
      status,
      retryAfterMs,
      codes: [valueAt(error, 'code'), valueAt(error, 'type')],
      parameter: meaningOf([valueAt(error, 'param')], inputs),
    },
    status === null ? streamFailures : failures,
  );
}
