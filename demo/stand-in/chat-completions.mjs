import { textOfContent } from './content.mjs';
import { ChunkEvents } from './chat-completions-events.mjs';
import { bearerOf } from './sse.mjs';
import { countTokens, fragments, reasoning, respondTo, words } from './tools.mjs';

/** The fields that everybody takes. */
const COMMON_FIELDS = [
  'model',
  'messages',
  'stream',
  'temperature',
  'tools',
  'tool_choice',
  'response_format',
];

/**
 * A service that speaks Chat Completions, streamed, and what it has of its own.
 *
 * @typedef {object} ChatCompletionsForm
 * @property {string} provider
 * @property {string} name
 * @property {Readonly<Record<string, string>>} endpoints
 * @property {RegExp} keyShape
 * @property {string} versionPath What stands before `/chat/completions`.
 * @property {readonly string[]} fields The fields that it takes beside those that all take. It refuses others.
 * @property {import('./chat-completions-events.mjs').ChunkForm} chunks
 * @property {(body: any) => boolean} isReasoning Whether a request asks for reasoning.
 * @property {(key: string | null) => import('./behaviours.mjs').Reply} badKey
 * @property {(field: string) => import('./behaviours.mjs').Reply} badParameter
 * @property {() => import('./behaviours.mjs').Reply} missingResult A call of the conversation has no result.
 * @property {(body: any) => import('./behaviours.mjs').Reply | null} [refusalOf] What else it refuses.
 * @property {Readonly<Record<string, object>>} lists What it answers to a GET, by the path.
 */

/** @param {ChatCompletionsForm} form @returns {import('./service.mjs').Service} */
export function chatCompletionsService(form) {
  const path = `${form.versionPath}/chat/completions`;
  return {
    provider: form.provider,
    endpoints: form.endpoints,
    keyShape: form.keyShape,
    keyOf: bearerOf,
    refuse: (exchange) => exchange.reply(form.badKey(exchange.key)),
    async answer(exchange, tools) {
      const { body } = exchange;
      const list = exchange.method === 'GET' ? form.lists[exchange.path] : undefined;
      if (list) return exchange.reply({ status: 200, body: list });
      if (exchange.method !== 'POST' || exchange.path !== path) {
        return exchange.reply({ status: 404, body: { error: { message: 'Not found.' } } });
      }
      const unknown = Object.keys(body).find((field) => ![...COMMON_FIELDS, ...form.fields].includes(field));
      if (unknown !== undefined) return exchange.reply(form.badParameter(unknown));
      if (hasUnansweredCall(body.messages)) return exchange.reply(form.missingResult());
      const refusal = form.refusalOf?.(body);
      if (refusal) return exchange.reply(refusal);
      const answer = new ChunkEvents(form.chunks, body.model);
      await exchange.write(answer.begin());
      if (form.isReasoning(body)) await tools.stream(words(reasoning), (word) => answer.reasoning(word));
      const response = respondTo(questionIn(form.name, body));
      if ('text' in response) await tools.stream(words(response.text), (word) => answer.text(word));
      else {
        for (const call of response.calls) {
          await exchange.write(answer.beginCall(call.tool));
          await tools.stream(fragments(call.text), (delta) => answer.argumentsDelta(delta));
          await exchange.write(answer.endCall());
        }
      }
      exchange.end(answer.end(countTokens(JSON.stringify(body.messages))));
    },
  };
}

/** The models that a service lists. @param {readonly string[]} ids */
export function modelList(...ids) {
  return { object: 'list', data: ids.map((id) => ({ id, object: 'model', created: 1_790_000_000 })) };
}

/** @param {string} name @param {any} body @returns {import('./tools.mjs').Question} */
function questionIn(name, { messages, tools, tool_choice: choice, response_format: format }) {
  return {
    name,
    schema: format?.json_schema?.schema ?? (format?.type === 'json_object' ? schemaIn(messages) : undefined),
    text: textOfContent(messages.findLast((/** @type {any} */ { role }) => role === 'user')?.content),
    tools: choice === 'none' ? [] : (tools ?? []).map((/** @type {any} */ tool) => tool.function?.name),
    results: messages
      .filter((/** @type {any} */ { role }) => role === 'tool')
      .map((/** @type {any} */ { content }) => String(content)),
  };
}

/** The schema that the instructions have in their last line. @param {any[]} messages */
function schemaIn(messages) {
  const { content } = messages.find(({ role }) => role === 'system') ?? {};
  const line = String(content)
    .split('\n')
    .find((text) => text.startsWith('{'));
  return line === undefined ? undefined : JSON.parse(line);
}

/** @param {any[]} messages */
function hasUnansweredCall(messages) {
  const answered = new Set(messages.map(({ tool_call_id: id }) => id));
  return messages.some(({ tool_calls: calls }) =>
    calls?.some((/** @type {any} */ { id }) => !answered.has(id)),
  );
}
