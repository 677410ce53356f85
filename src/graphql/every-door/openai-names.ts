/** OpenAI's names for the fields of a chat's input, where they are others, and no common words. */
const fields: Readonly<Record<string, string>> = {
  maxOutputTokens: 'max_completion_tokens',
  reasoningEffort: 'reasoning_effort',
  requestId: 'Idempotency-Key',
  responseSchema: 'response_format',
  toolCallId: 'tool_call_id',
  toolCalls: 'tool_calls',
  toolChoice: 'tool_choice',
};

const names: Readonly<Record<string, string>> = {
  ...fields,
  endpoint: 'model',
  image: 'image_url',
  parts: 'content',
  provider: 'model',
  responseSchema: 'response_format.json_schema.schema',
  transcript: 'keystream_transcript',
};

/** Words of our messages that mean something else, or nothing, to a client of OpenAI's. */
const words: Readonly<Record<string, string>> = {
  ...fields,
  ASSISTANT: 'assistant',
  TOOL: 'tool',
  ToolCallsRequested: 'the answer',
};

/** What stands within an image, or a file, there. */
const inMedia: Readonly<Record<'image' | 'file', Readonly<Record<string, string>>>> = {
  image: { data: 'url', mimeType: 'url' },
  file: { data: 'file_data', mimeType: 'file_data', attachmentId: 'file_id', name: 'filename' },
};

/** What stands within `function` there. */
const inFunction: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'arguments']);

const INPUT = 'input.';
const WORD = /\b[A-Za-z]+\b/g;

/** A path of our own, `input.tools.0.name`, as OpenAI writes it: `tools[0].function.name`. Other paths stay as they are. */
export function toOpenAIPath(path: string): string {
  if (!path.startsWith(INPUT)) return path;
  const [first = '', ...rest] = path.slice(INPUT.length).split('.');
  const isOfTools = first === 'tools' || first === 'toolChoice' || rest.includes('toolCalls');
  const media = rest.includes('image') ? inMedia.image : rest.includes('file') ? inMedia.file : {};
  const steps = rest.map((step) => {
    if (/^\d+$/.test(step)) return `[${step}]`;
    if (Object.hasOwn(media, step)) return `.${media[step] ?? step}`;
    return isOfTools && inFunction.has(step) ? `.function.${step}` : `.${nameOf(step)}`;
  });
  return [nameOf(first), ...steps].join('');
}

/** A message of our own, in the words of OpenAI's clients. */
export const inOpenAIWords = (message: string): string =>
  message
    .replace(
      REFUSED,
      (_, before: string, field: string, after: string) => before + toOpenAIPath(INPUT + field) + after,
    )
    .replace(WORD, (word) => (Object.hasOwn(words, word) ? (words[word] ?? word) : word));

/** The field of the request that a provider refuses, by our message for it; null where it names none, or several. */
export function refusedField(message: string): string | null {
  const field = REFUSED.exec(message)?.[2];
  return field === undefined ? null : toOpenAIPath(INPUT + field);
}

const REFUSED = /^(The provider does not accept the value of )([\w.]+)( for this model\.)$/;

const nameOf = (field: string): string => (Object.hasOwn(names, field) ? (names[field] ?? field) : field);
