import type { FailureKind } from '../../../outbound/upstream-failure.js';
import type { ToFailure } from '../chat-dialect.js';
import { failureReader } from '../failure-reader.js';
import { meaningOf, type MeaningPatterns } from '../meaning-patterns.js';
import { listAt, valueAt } from '../value-at.js';

/** What an API of this dialect says of itself, beside what all of them say. */
export interface ChatCompletionsFailures {
  readonly codes?: Readonly<Record<string, FailureKind>>;
  /** Where its statuses mean something else than usual. */
  readonly statuses?: Readonly<Record<number, FailureKind>>;
  /** Kinds of failure that show only in a sentence, by the codes above. The sentence is looked at and dropped. */
  readonly sentences?: MeaningPatterns<string>;
  /** Further codes, less specific than a sentence, and more than the API's own. */
  readonly codesOf?: (error: unknown) => readonly unknown[];
  /** Milliseconds to wait, where no header says it. */
  readonly retryAfterMsOf?: (error: unknown) => number | null;
}

/** OpenAI's names, which the others took over: https://platform.openai.com/docs/guides/error-codes */
const commonCodes: Readonly<Record<string, FailureKind>> = {
  invalid_api_key: 'keyRejected',
  authentication_error: 'keyRejected',
  permission_error: 'keyLacksRight',
  insufficient_quota: 'keyExhausted',
  model_not_found: 'unknownModel',
  rate_limit_exceeded: 'rateLimited',
  rate_limit_error: 'rateLimited',
  context_length_exceeded: 'badRequest',
  content_filter: 'badRequest',
  server_error: 'unavailable',
  internal_server_error: 'unavailable',
  service_unavailable: 'unavailable',
  overloaded_error: 'unavailable',
  timeout: 'timeout',
};

/** Rebuilds what an API of this dialect says of itself. */
export function chatCompletionsFailures({
  codes = {},
  statuses = {},
  sentences = [],
  codesOf = () => [],
  retryAfterMsOf = () => null,
}: ChatCompletionsFailures): ToFailure {
  return failureReader({
    table: { codes: { ...commonCodes, ...codes }, statuses },
    codesOf: (error) => [
      meaningOf(sentencesIn(error), sentences),
      ...codesOf(error),
      valueAt(error, 'code'),
      valueAt(error, 'type'),
    ],
    // The sentence is looked at only where no field is named: it may quote anything.
    complaintsOf: (error) => {
      const fields = [valueAt(error, 'param') || null, ...locationsIn(error)].filter(
        (field) => field !== null,
      );
      return fields.length > 0 ? fields : sentencesIn(error);
    },
    inputs: [
      [/\btemperature\b/, 'temperature'],
      [/\bmax_(completion_)?tokens\b/, 'maxOutputTokens'],
      [/\b(reasoning|reasoning_effort|reasoning_format|thinking)\b/, 'reasoningEffort'],
      [/\b(response_format|json_schema|structured outputs?)\b/, 'responseSchema'],
      [/\b(tools|tool_choice|tool use)\b/, 'tools'],
      [/\bmessages\b/, 'messages'],
      [/\bmodel\b/, 'model'],
    ],
    additions: [
      [/\bstream_options\b/, 'reportedUsage'],
      [/\breasoning_format\b/, 'shownReasoning'],
    ],
    retryAfterMsOf,
  });
}

/** xAI has its sentence in `error`, beside the code. */
function sentencesIn(error: unknown): unknown[] {
  return [valueAt(error, 'message'), valueAt(error, 'error')];
}

/** Where Mistral, and every server made with FastAPI, says what it does not accept: `["body","messages",0,"content"]`. */
function locationsIn(error: unknown): string[] {
  const complaints = [
    ...listAt(error, 'detail'),
    ...listAt(error, 'message'),
    ...listAt(error, 'message', 'detail'),
  ];
  return complaints.map((complaint) =>
    listAt(complaint, 'loc')
      .filter((step) => typeof step === 'string')
      .join('.'),
  );
}
