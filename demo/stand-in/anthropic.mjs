import { anthropicErrors, anthropicNotFound } from './anthropic-errors.mjs';
import { bearerOf, namedEvent } from './sse.mjs';
import { completionOf, countTokens, reasoning, words } from './tools.mjs';

/**
 * Anthropic's Messages API, streamed (`POST /v1/messages`).
 *
 * @type {import('./service.mjs').Service}
 */
export const anthropic = {
  provider: 'ANTHROPIC',
  endpoints: { ANTHROPIC_BASE_URL: '/anthropic' },
  keyOf(exchange) {
    const inHeader = exchange.headers['x-api-key'];
    const asBearer = bearerOf(exchange);
    if (typeof inHeader === 'string') return asBearer === null ? inHeader : null;
    return asBearer;
  },
  refuse: (exchange) => exchange.reply(anthropicErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    const { body, method, path } = exchange;
    if (method !== 'POST' || path !== '/v1/messages') return exchange.reply(anthropicNotFound());
    const text = completionOf('Anthropic', lastText(body.messages));
    const thinks = body.thinking !== undefined && body.thinking.type !== 'disabled';
    const inputTokens = countTokens(JSON.stringify(body.messages));
    const thinkingTokens = thinks ? countTokens(reasoning) : 0;

    await exchange.write(messageStart(body.model, inputTokens));
    if (thinks) {
      await exchange.write(blockStart(0, { type: 'thinking', thinking: '', signature: '' }));
      await tools.stream(words(reasoning), (thinking) => delta(0, { type: 'thinking_delta', thinking }));
      await exchange.write(delta(0, { type: 'signature_delta', signature: 'c3RhbmQtaW4=' }) + blockStop(0));
    }
    const index = thinks ? 1 : 0;
    await exchange.write(blockStart(index, { type: 'text', text: '', citations: null }) + ping);
    await tools.stream(words(text), (word) => delta(index, { type: 'text_delta', text: word }));
    exchange.end(blockStop(index) + messageEnd(thinkingTokens + countTokens(text), thinkingTokens));
  },
};

const ping = namedEvent({ type: 'ping' });

/** @param {string} model @param {number} inputTokens */
function messageStart(model, inputTokens) {
  const usage = {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
    service_tier: 'standard',
  };
  const message = {
    id: `msg_${crypto.randomUUID().replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  return event('message_start', { message });
}

/** @param {number} index @param {object} block */
function blockStart(index, block) {
  return event('content_block_start', { index, content_block: block });
}

/** @param {number} index @param {object} change */
function delta(index, change) {
  return event('content_block_delta', { index, delta: change });
}

/** @param {number} index */
function blockStop(index) {
  return event('content_block_stop', { index });
}

/** @param {number} outputTokens @param {number} thinkingTokens */
function messageEnd(outputTokens, thinkingTokens) {
  const usage = {
    output_tokens: outputTokens,
    output_tokens_details: thinkingTokens > 0 ? { thinking_tokens: thinkingTokens } : null,
  };
  const change = { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null };
  return event('message_delta', { delta: change, usage }) + event('message_stop', {});
}

/** @param {string} type @param {object} data */
function event(type, data) {
  return namedEvent({ type, ...data });
}

/** @param {any[]} messages */
function lastText(messages) {
  const content = messages.at(-1)?.content;
  return typeof content === 'string' ? content : String(content?.at(-1)?.text ?? '');
}
