import { isSaid, textOfContent } from './content.mjs';
import { anthropicErrors, anthropicNotFound } from './anthropic-errors.mjs';
import { MessageEvents } from './anthropic-events.mjs';
import { bearerOf } from './sse.mjs';
import { countTokens, fragments, reasoning, respondTo, words } from './tools.mjs';

/**
 * Anthropic's Messages API, streamed (`POST /v1/messages`), and its list of models.
 *
 * @type {import('./service.mjs').Service}
 */
export const anthropic = {
  provider: 'ANTHROPIC',
  endpoints: { ANTHROPIC_BASE_URL: '/anthropic' },
  keyShape: /^sk-ant-[\w-]{8,}$/,
  keyOf(exchange) {
    const inHeader = exchange.headers['x-api-key'];
    const asBearer = bearerOf(exchange);
    if (typeof inHeader === 'string') return asBearer === null ? inHeader : null;
    return asBearer;
  },
  refuse: (exchange) => exchange.reply(anthropicErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    const { body, method, path } = exchange;
    if (method === 'GET' && path.startsWith('/v1/models?')) return exchange.reply(modelsIn(exchange.query));
    if (method !== 'POST' || path !== '/v1/messages') return exchange.reply(anthropicNotFound());
    const unanswered = unansweredCall(body.messages);
    if (unanswered !== undefined) return exchange.reply(anthropicErrors.noToolResult(unanswered));
    const answer = new MessageEvents(body.model);
    await exchange.write(answer.begin(countTokens(JSON.stringify(body.messages))));
    if (body.thinking !== undefined && body.thinking.type !== 'disabled') {
      await exchange.write(answer.beginThinking());
      await tools.stream(words(reasoning), (delta) => answer.thinkingDelta(delta));
      await exchange.write(answer.endThinking());
    }
    const response = forcedCall(body) ?? respondTo(questionIn(body));
    if ('text' in response) {
      await exchange.write(answer.beginText());
      await tools.stream(words(response.text), (delta) => answer.textDelta(delta));
      await exchange.write(answer.endText());
    } else {
      for (const call of response.calls) {
        await exchange.write(answer.beginCall(call.tool));
        await tools.stream(fragments(call.text), (delta) => answer.argumentsDelta(delta));
        await exchange.write(answer.endCall());
      }
    }
    exchange.end(answer.end());
  },
};

/** The call of a tool that has to be called: with what it would say, or what fits the tool. @param {any} body */
function forcedCall(body) {
  const { tools, tool_choice: choice } = body;
  const tool = choice?.type === 'tool' && tools.find((/** @type {any} */ { name }) => name === choice.name);
  if (!tool) return null;
  const response = respondTo({ ...questionIn(body), tools: [], schema: tool.input_schema });
  return 'text' in response ? { calls: [{ tool: tool.name, text: response.text }] } : null;
}

const models = [
  model('claude-haiku-5-5', 'Claude Haiku 5.5', 'active'),
  model('claude-sonnet-5', 'Claude Sonnet 5', 'active'),
  model('claude-2.1', 'Claude 2.1', 'retired'),
];

/** @param {string} id @param {string} name @param {string} lifecycle */
function model(id, name, lifecycle) {
  const supported = { supported: true };
  return {
    type: 'model',
    id,
    display_name: name,
    created_at: '2026-09-01T00:00:00Z',
    lifecycle,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: { image_input: supported, pdf_input: supported, thinking: supported },
  };
}

/** A page of the list: as many as are asked for, behind the one that is named. @param {URLSearchParams} query */
function modelsIn(query) {
  const from = models.findIndex(({ id }) => id === query.get('after_id')) + 1;
  const to = Math.min(from + Number(query.get('limit') ?? 20), models.length);
  const data = models.slice(from, to);
  return {
    status: 200,
    body: { data, has_more: to < models.length, first_id: data[0]?.id, last_id: data.at(-1)?.id },
  };
}

/** @param {any} body @returns {import('./tools.mjs').Question} */
function questionIn({ messages, tools, tool_choice: choice, output_config: output }) {
  const blocks = messages.flatMap(blocksOf);
  const said = messages
    .filter((/** @type {any} */ { role }) => role === 'user')
    .map(blocksOf)
    .findLast(isSaid);
  return {
    name: 'Anthropic',
    schema: output?.format?.schema,
    text: textOfContent(said),
    tools: choice?.type === 'none' ? [] : (tools ?? []).map((/** @type {any} */ { name }) => name),
    results: blocks
      .filter((/** @type {any} */ { type }) => type === 'tool_result')
      .map((/** @type {any} */ { content }) => String(content)),
  };
}

/**
 * The id of a call whose result is not in the very next message, which the API refuses.
 *
 * @param {any[]} messages
 * @returns {string | undefined}
 */
function unansweredCall(messages) {
  for (const [index, message] of messages.entries()) {
    const next = blocksOf(messages[index + 1] ?? {});
    const call = blocksOf(message).find(
      ({ type, id }) => type === 'tool_use' && !next.some(({ tool_use_id }) => tool_use_id === id),
    );
    if (call) return call.id;
  }
  return undefined;
}

/** The blocks of a message, each with the message's role. @param {any} message @returns {any[]} */
function blocksOf({ role, content = [] }) {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return blocks.map((/** @type {object} */ block) => ({ role, ...block }));
}
