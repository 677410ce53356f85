import { failureReader } from '../failure-reader.js';
import { meaningOf, type MeaningPatterns } from '../meaning-patterns.js';
import { valueAt } from '../value-at.js';

/** Kinds of failure that show only in the sentence of a 400. The sentence is looked at and dropped. */
const messagePatterns: MeaningPatterns<string> = [
  [/\bcredit balance is too low\b/i, 'billing_error'],
  [/\breached your specified API usage limits\b/i, 'billing_error'],
  [/\borganization has been disabled\b/i, 'organization_on_hold'],
  // Its type may be any, also that of a failure of the API's own.
  [/\bblocked by (our )?content filtering policy\b/i, 'content_filtering_policy'],
];

/** Rebuilds what the API says of itself: https://platform.claude.com/docs/en/api/errors */
export const toFailure = failureReader({
  table: {
    codes: {
      authentication_error: 'keyRejected',
      permission_error: 'keyLacksRight',
      organization_on_hold: 'keyRejected',
      billing_error: 'keyExhausted',
      contract_spend_limit_reached: 'keyExhausted',
      enforced_spend_limit_reached: 'keyExhausted',
      linked_organization_spend_limit_reached: 'keyExhausted',
      linked_organization_billing_unavailable: 'keyExhausted',
      not_found_error: 'unknownModel',
      rate_limit_error: 'rateLimited',
      invalid_request_error: 'badRequest',
      request_too_large: 'badRequest',
      timeout_error: 'timeout',
      api_error: 'unavailable',
      overloaded_error: 'unavailable',
      forbidden: 'notServedHere',
    },
  },
  codesOf: (error) => [
    meaningOf([valueAt(error, 'message')], messagePatterns),
    valueAt(error, 'details', 'error_code'),
    valueAt(error, 'type'),
    valueAt(error, 'code'),
  ],
  complaintsOf: (error) => [valueAt(error, 'message')],
  inputs: [
    [/\btemperature\b/, 'temperature'],
    [/\bmax_tokens\b/, 'maxOutputTokens'],
    [/\b(output_config|output)[._]format\b/, 'responseSchema'],
    [/\b(thinking|effort|output_config)\b/, 'reasoningEffort'],
    [/\b(tools|tool_choice)\b/, 'tools'],
    [/\b(messages|system|prompt)\b/, 'messages'],
    [/\bmodel\b/, 'model'],
  ],
  additions: [[/\bthinking\.([a-z]+\.)?display\b/, 'shownReasoning']],
});
