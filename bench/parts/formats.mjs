/**
 * The providers' streams, as far as a client needs them to read an answer.
 *
 * @typedef {object} Format
 * @property {(path: string) => boolean} serves
 * @property {string} head what comes before the first delta
 * @property {readonly [before: string, after: string]} delta what stands around a delta's text, in JSON
 * @property {(words: number) => string} tail what comes after the last one
 */

const USAGE = { input_tokens: 9, output_tokens: 9, total_tokens: 18 };
const GAP = '\u0000';

/** @param {object} data @param {string} [name] */
const event = (data, name) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

/** Cuts an event at its text. @param {string} whole @returns {readonly [string, string]} */
function around(whole) {
  const [before = '', after = ''] = whole.split(JSON.stringify(GAP).slice(1, -1));
  return [before, after];
}

/** @param {object[]} choices @param {object} [usage] */
const chunk = (choices, usage) =>
  event({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'bench', choices, ...usage });
/** @param {object} delta @param {string | null} reason */
const choice = (delta, reason = null) => [{ index: 0, delta, finish_reason: reason }];

/** @type {Format} */
const chatCompletions = {
  serves: (path) => path.startsWith('/v1/chat/completions'),
  head: chunk(choice({ role: 'assistant', content: '' })),
  delta: around(chunk(choice({ content: GAP }))),
  tail: (words) =>
    chunk(choice({}, 'stop')) +
    chunk([], { usage: { prompt_tokens: 9, completion_tokens: words, total_tokens: 9 + words } }) +
    'data: [DONE]\n\n',
};

/** @param {string} type @param {object} fields */
const typed = (type, fields) => event({ type, ...fields }, type);
/** @param {string} status @param {object} [usage] */
const response = (status, usage) => ({
  response: { id: 'r', object: 'response', created_at: 1, status, model: 'bench', output: [], ...usage },
});

/** @type {Format} */
const responses = {
  serves: (path) => path.startsWith('/v1/responses'),
  head: typed('response.created', { sequence_number: 0, ...response('in_progress') }),
  delta: around(
    typed('response.output_text.delta', {
      sequence_number: 1,
      item_id: 'i',
      output_index: 0,
      content_index: 0,
      delta: GAP,
      logprobs: [],
    }),
  ),
  tail: (words) =>
    typed('response.completed', {
      sequence_number: 2,
      ...response('completed', {
        usage: {
          ...USAGE,
          output_tokens: words,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens_details: { reasoning_tokens: 0 },
        },
      }),
    }),
};

/** @type {Format} */
const messages = {
  serves: (path) => path.startsWith('/v1/messages'),
  head:
    typed('message_start', {
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'bench',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    }) + typed('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  delta: around(typed('content_block_delta', { index: 0, delta: { type: 'text_delta', text: GAP } })),
  tail: (words) =>
    typed('content_block_stop', { index: 0 }) +
    typed('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: words },
    }) +
    typed('message_stop', {}),
};

/** @param {string} text @param {object} [fields] */
const content = (text, fields) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...fields }],
  modelVersion: 'bench',
});

/** @type {Format} */
const generateContent = {
  serves: (path) => path.includes(':streamGenerateContent'),
  head: '',
  delta: around(event(content(GAP))),
  tail: (words) =>
    event({
      ...content('', { finishReason: 'STOP' }),
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: words, totalTokenCount: 9 + words },
    }),
};

const formats = [chatCompletions, responses, messages, generateContent];

/** @param {string} path of the request's URL @returns {Format | undefined} undefined: nothing that streams */
export const formatOf = (path) => formats.find(({ serves }) => serves(path));
