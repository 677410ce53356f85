import { Violations } from '../../chat/conversation/violations.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { isJsonObject } from '../../common/is-json-object.js';
import { readModelText } from '../model-text.js';
import { ObjectReader } from './object-reader.js';
import { readMessages } from './read-messages.js';
import { readResponseFormat } from './read-response-format.js';
import { readToolChoice, readTools } from './read-tools.js';

/** A request, read. */
export interface ReadRequest {
  /** A chat's input as the API's schema has it, not checked against that. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly isStreamed: boolean;
  /** Whether a stream says at its end what was used. */
  readonly includesUsage: boolean;
}

/** Fields that a chat has no place for, with the values that ask for nothing. */
const defaults: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  n: [1],
  top_p: [1],
  presence_penalty: [0],
  frequency_penalty: [0],
  logprobs: [false],
  parallel_tool_calls: [true],
  store: [false],
  service_tier: ['auto', 'default'],
  verbosity: ['medium'],
};

/** The same for what may be empty. */
const empties = ['stop', 'logit_bias', 'function_call', 'functions', 'audio', 'prediction'] as const;

/** The same for what asks for nothing only as null. */
const nulls = [
  ...['seed', 'top_logprobs', 'moderation', 'safety_identifier', 'web_search_options'],
  ...['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'],
] as const;

const efforts = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const;

/**
 * Reads a request of OpenAI's Chat Completions.
 * https://platform.openai.com/docs/api-reference/chat/create
 *
 * @param requestId the header `Idempotency-Key`
 * @throws BadUserInputError BAD_USER_INPUT, which names what is wrong as the request does
 */
export async function readChatRequest(body: unknown, requestId: string | null): Promise<ReadRequest> {
  if (!isJsonObject(body)) throw BadUserInputError.at('request', 'must be a JSON object');
  const violations = new Violations();
  const request = ObjectReader.open(body, '', violations);
  if (!request) throw new Error('An object is read as one.');
  const { provider, endpoint, model } = readModelText(request.requiredText('model'), violations);
  const messages = await readMessages(request);
  const tools = readTools(request);
  const effort = request.oneOf('reasoning_effort', ['low', 'medium', 'high']);
  const responseSchema = readResponseFormat(request);
  const input = {
    ...{ provider, endpoint, model, messages, tools, requestId },
    toolChoice: readToolChoice(request, tools !== null),
    ...(responseSchema !== null && { responseSchema }),
    temperature: request.number('temperature'),
    maxOutputTokens: readMostTokens(request),
    reasoningEffort: effort && efforts[effort],
  };
  const isStreamed = request.boolean('stream') ?? false;
  const includesUsage = readStreamOptions(request);
  passRest(request);
  request.close();
  violations.throwIfAny();
  return { input, isStreamed, includesUsage };
}

/** `max_tokens` is the older name, and the one that most clients send. */
function readMostTokens(request: ObjectReader): number | null {
  const read = (name: string): number | null => {
    const value = request.number(name);
    const fits = value === null || (Number.isInteger(value) && value >= 1 && value < 2 ** 31);
    return fits ? value : request.refuse(name, 'must be a whole number from 1 to 2147483647');
  };
  const [older, newer] = [read('max_tokens'), read('max_completion_tokens')];
  if (older !== null && newer !== null && older !== newer)
    request.refuse('max_tokens', 'is another number than max_completion_tokens');
  return newer ?? older;
}

function readStreamOptions(request: ObjectReader): boolean {
  const options = request.reader('stream_options');
  if (!options) return false;
  const includesUsage = options.boolean('include_usage') ?? false;
  // Padding against who watches the lengths of encrypted chunks: OpenAI's own, and optional there.
  options.boolean('include_obfuscation');
  options.close();
  return includesUsage;
}

/** Fields that do not change the answer. */
function passRest(request: ObjectReader): void {
  request.text('user');
  request.reader('metadata');
  for (const [name, values] of Object.entries(defaults)) request.onlyDefaults(name, values);
  for (const name of empties) request.onlyEmpty(name);
  for (const name of nulls) request.onlyDefaults(name, []);
  const modalities = request.list('modalities') ?? [];
  if (modalities.some((each) => each !== 'text'))
    request.refuse('modalities', 'is not supported here: leave it out, or say text');
}
