import { failureReader } from '../failure-reader.js';
import { meaningOf, type MeaningPatterns } from '../meaning-patterns.js';
import { valueAt } from '../value-at.js';

/** A restricted key's refusal has had several codes, and one sentence. It is looked at and dropped. */
const messagePatterns: MeaningPatterns<string> = [
  [/^You have insufficient permissions for this operation\b/, 'missing_scope'],
];

/**
 * Rebuilds what the API says of itself: https://platform.openai.com/docs/guides/error-codes
 *
 * Inside a stream an error has a code of its own, or the type that it would have in an answer:
 * https://platform.openai.com/docs/api-reference/responses-streaming/error
 */
export const toFailure = failureReader({
  table: {
    codes: {
      invalid_api_key: 'keyRejected',
      account_deactivated: 'keyRejected',
      authentication_error: 'keyRejected',
      missing_scope: 'keyLacksRight',
      insufficient_quota: 'keyExhausted',
      billing_hard_limit_reached: 'keyExhausted',
      billing_not_active: 'keyExhausted',
      model_not_found: 'unknownModel',
      rate_limit_exceeded: 'rateLimited',
      rate_limit_error: 'rateLimited',
      unsupported_country_region_territory: 'notServedHere',
      context_length_exceeded: 'badRequest',
      invalid_prompt: 'badRequest',
      content_filter: 'badRequest',
      data_residency_mismatch: 'badRequest',
      server_error: 'unavailable',
      internal_error: 'unavailable',
      server_is_overloaded: 'unavailable',
      slow_down: 'unavailable',
      service_unavailable_error: 'unavailable',
    },
  },
  codesOf: (error) => [
    valueAt(error, 'code'),
    meaningOf([valueAt(error, 'message')], messagePatterns),
    valueAt(error, 'type'),
  ],
  // The message is looked at only where no field is named: it may quote anything.
  // But for one code, which says more than the field: thoughts of another organisation, or of another account's key.
  complaintsOf: (error) => [
    ...(valueAt(error, 'code') === 'invalid_encrypted_content' ? ['invalid_encrypted_content'] : []),
    valueAt(error, 'param') || valueAt(error, 'message'),
    // Of what is wrong with an image, it may be all that says so.
    valueAt(error, 'code'),
  ],
  inputs: [
    [/^temperature\b/, 'temperature'],
    [/^max_output_tokens\b/, 'maxOutputTokens'],
    [/^reasoning\b/, 'reasoningEffort'],
    [/^(tools|tool_choice)\b/, 'tools'],
    [/^text\b|^Invalid schema for response_format\b/, 'responseSchema'],
    [/^model\b/, 'model'],
    [/^(input|instructions)\b/, 'messages'],
  ],
  additions: [
    [/^invalid_encrypted_content$/, 'saidReasoning'],
    // Organisations that are not verified get no summaries.
    [/\breasoning[._ ](generate_)?summar(y|ies)\b/i, 'shownReasoning'],
    [/^include\b|^encrypted content is not supported\b/i, 'sealedReasoning'],
  ],
});
