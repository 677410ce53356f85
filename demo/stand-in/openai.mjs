import { openaiErrors, openaiNotFound } from './openai-errors.mjs';
import { ResponseEvents } from './openai-events.mjs';
import { bearerOf } from './sse.mjs';
import { completionOf, countTokens, reasoning, words } from './tools.mjs';

/**
 * OpenAI's Responses API, streamed (`POST /v1/responses`).
 *
 * @type {import('./service.mjs').Service}
 */
export const openai = {
  provider: 'OPENAI',
  endpoints: { OPENAI_BASE_URL: '/openai' },
  keyOf: bearerOf,
  refuse: (exchange) => exchange.reply(openaiErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    if (exchange.method !== 'POST' || exchange.path !== '/v1/responses') {
      return exchange.reply(openaiNotFound(exchange));
    }
    const answer = new ResponseEvents(exchange.body);
    const question = lastText(exchange.body.input);
    await exchange.write(answer.begin());
    if (exchange.body.reasoning?.summary) {
      await exchange.write(answer.beginReasoning());
      await tools.stream(words(reasoning), (delta) => answer.reasoningDelta(delta));
      await exchange.write(answer.endReasoning());
    }
    await exchange.write(answer.beginText());
    await tools.stream(words(completionOf('OpenAI', question)), (delta) => answer.textDelta(delta));
    exchange.end(answer.end(countTokens(JSON.stringify(exchange.body.input))));
  },
};

/** @param {any} input */
function lastText(input) {
  return typeof input === 'string' ? input : String(input?.at(-1)?.content ?? '');
}
