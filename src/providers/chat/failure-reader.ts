import { retryAfterMsIn } from '../../outbound/retry-after-text.js';
import { type Complaint, ProviderBadRequestError } from '../../outbound/upstream-error.js';
import { toUpstreamError, type FailureTable } from '../../outbound/upstream-failure.js';
import type { ToFailure } from './chat-dialect.js';
import type { ChatRequest } from './contract.js';
import { RefusedAdditionError, type AdditionName } from './refused-addition.error.js';
import { meaningOf, type MeaningPatterns, wordsOf } from './meaning-patterns.js';
import { valueAt } from './value-at.js';

/** Where an API's errors say what. An error may be anything. */
export interface FailureDialect {
  readonly table: FailureTable;
  /** The codes and types, the most specific first. */
  readonly codesOf: (error: unknown) => readonly unknown[];
  /** The texts that name what the API does not accept, the most specific first. */
  readonly complaintsOf: (error: unknown) => readonly unknown[];
  /** The fields of the request that the API may complain about, by its own names for them. */
  readonly inputs: MeaningPatterns<keyof ChatRequest>;
  /** What the adapter adds to requests by itself. */
  readonly additions: MeaningPatterns<AdditionName>;
  /** Milliseconds to wait, where the API has a field for them. */
  readonly retryAfterMsOf?: (error: unknown) => number | null;
}

/** Rebuilds the failures of one API. */
export function failureReader(dialect: FailureDialect): ToFailure {
  const table = { ...dialect.table, statuses: { 403: 'keyLacksRight', ...dialect.table.statuses } as const };
  const { codesOf, complaintsOf, inputs, additions, retryAfterMsOf } = dialect;
  return (error, answerStatus, retryAfterMs) => {
    const status = answerStatus ?? statusIn(error);
    const complaints = complaintsOf(error);
    const addition = meaningOf(complaints, additions);
    if (addition !== null && (status ?? 400) < 500) return new RefusedAdditionError(addition);
    const failure = toUpstreamError(
      {
        status,
        codes: codesOf(error),
        parameter: meaningOf(complaints, inputs),
        retryAfterMs:
          retryAfterMs ?? retryAfterMsOf?.(error) ?? retryAfterMsIn(valueAt(error, 'message')) ?? null,
      },
      table,
    );
    if (failure instanceof ProviderBadRequestError) failure.complaint = complaintIn(complaints);
    return failure;
  };
}

/**
 * Where a request has the conversation, and the way into it: `messages.0.content.1`, `input[0].content[1]`. Longer words
 * would be kept with the text that they are in.
 */
const PLACE = /\b(?:messages|input|contents)(?:\.(?:\d{1,5}|[a-z_]{1,12})\b|\[\d{1,5}\]){1,10}/;
const kinds: MeaningPatterns<NonNullable<Complaint['kind']>> = [
  // A code has no spaces: `image_parse_error`, `invalid_base64_image`.
  [/(?<![a-z])images?(?![a-z])|inline_?data/i, 'image'],
  [
    /\b(pdfs?|input_file|file_data|document_url)\b|\bdocument[ ._](source|block|page|has)|\bfile (content|input|type)/i,
    'file',
  ],
];

const complaintIn = (complaints: readonly unknown[]): Complaint => ({
  place: wordsOf(complaints, PLACE),
  kind: meaningOf(complaints, kinds),
});

/** Inside a stream an error may name the status that its answer would have had: Google's do, and gateways'. */
function statusIn(error: unknown): number | null {
  const code = valueAt(error, 'code');
  const status = typeof code === 'string' && code.length === 3 ? Number(code) : code;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
    ? status
    : null;
}
