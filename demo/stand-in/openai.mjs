import { textOfContent } from './content.mjs';
import { openaiErrors, openaiNotFound } from './openai-errors.mjs';
import { ResponseEvents } from './openai-events.mjs';
import { bearerOf } from './sse.mjs';
import { countTokens, fragments, reasoning, respondTo, words } from './tools.mjs';

/**
 * OpenAI's Responses API, streamed (`POST /v1/responses`), and its list of models.
 *
 * @type {import('./service.mjs').Service}
 */
export const openai = {
  provider: 'OPENAI',
  endpoints: { OPENAI_BASE_URL: '/openai' },
  keyShape: /^sk-(?!ant-)[\w-]{8,}$/,
  keyOf: bearerOf,
  refuse: (exchange) => exchange.reply(openaiErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    const { body } = exchange;
    if (exchange.method === 'GET' && exchange.path === '/v1/models') return exchange.reply(models);
    if (exchange.method !== 'POST' || exchange.path !== '/v1/responses') {
      return exchange.reply(openaiNotFound(exchange));
    }
    const unanswered = unansweredCall(body.input);
    if (unanswered !== undefined) return exchange.reply(openaiErrors.noToolOutput(unanswered));
    const answer = new ResponseEvents(body);
    await exchange.write(answer.begin());
    if (body.reasoning?.summary) {
      await exchange.write(answer.beginReasoning());
      await tools.stream(words(reasoning), (delta) => answer.reasoningDelta(delta));
      await exchange.write(answer.endReasoning());
    }
    const response = respondTo(questionIn(body));
    if ('text' in response) {
      await exchange.write(answer.beginText());
      await tools.stream(words(response.text), (delta) => answer.textDelta(delta));
    } else {
      for (const call of response.calls) {
        await exchange.write(answer.beginCall(call.tool));
        await tools.stream(fragments(call.text), (delta) => answer.argumentsDelta(delta));
        await exchange.write(answer.endCall());
      }
    }
    exchange.end(answer.end(countTokens(JSON.stringify(body.input))));
  },
};

const models = {
  status: 200,
  body: {
    object: 'list',
    data: ['gpt-5.4-mini', 'text-embedding-3-small'].map((id) => ({
      id,
      object: 'model',
      created: 1_790_000_000,
      owned_by: 'openai',
    })),
  },
};

/** @param {any} body @returns {import('./tools.mjs').Question} */
function questionIn({ input, tools, tool_choice: choice, text }) {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : itemsIn(input);
  return {
    name: 'OpenAI',
    text: textOfContent(items.findLast(({ role }) => role === 'user')?.content),
    tools: choice === 'none' ? [] : (tools ?? []).map((/** @type {any} */ { name }) => name),
    schema: text?.format?.schema,
    results: items.filter(({ type }) => type === 'function_call_output').map(({ output }) => String(output)),
  };
}

/** The id of a call without a result, which the API refuses. @param {any} input @returns {string | undefined} */
function unansweredCall(input) {
  const items = itemsIn(input);
  const isAnswered = (/** @type {string} */ id) =>
    items.some(({ type, call_id }) => type === 'function_call_output' && call_id === id);
  return items.find(({ type, call_id }) => type === 'function_call' && !isAnswered(call_id))?.call_id;
}

/** @param {any} input @returns {any[]} */
function itemsIn(input) {
  return Array.isArray(input) ? input : [];
}
