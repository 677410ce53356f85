import { googleErrors } from './google-errors.mjs';
import { plainEvent } from './sse.mjs';
import { completionOf, countTokens, reasoning, words } from './tools.mjs';

const STREAM_PATH = /^\/v1beta\/models\/([^/:]+):streamGenerateContent$/;

/**
 * Google's Gemini API, streamed (`POST /v1beta/models/MODEL:streamGenerateContent?alt=sse`). The real one takes a key
 * in the URL, too; this one does not, for Keystream must never write one there.
 *
 * @type {import('./service.mjs').Service}
 */
export const google = {
  provider: 'GOOGLE',
  endpoints: { GOOGLE_BASE_URL: '/google' },
  keyOf({ headers, query }) {
    const key = headers['x-goog-api-key'];
    return typeof key === 'string' && !query.has('key') ? key : null;
  },
  refuse: (exchange) => exchange.reply(googleErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    const { body, path, query } = exchange;
    const model = STREAM_PATH.exec(path.split('?')[0] ?? '')?.[1];
    if (!model || query.get('alt') !== 'sse') return exchange.reply(googleErrors.unknownModel(path));
    const text = completionOf('Google', String(body.contents?.at(-1)?.parts?.at(-1)?.text ?? ''));
    const thinks = body.generationConfig?.thinkingConfig?.includeThoughts === true;
    const promptTokenCount = countTokens(JSON.stringify(body.contents));
    const answer = new Candidates(decodeURIComponent(model), promptTokenCount);
    if (thinks) {
      await tools.stream(words(reasoning), (word) => answer.thought(word));
      answer.thoughtsTokenCount = countTokens(reasoning);
    }
    await tools.stream(words(text), (word) => answer.text(word));
    exchange.end(answer.end());
  },
};

class Candidates {
  thoughtsTokenCount = 0;
  #text = '';

  /** @param {string} modelVersion @param {number} promptTokenCount */
  constructor(modelVersion, promptTokenCount) {
    this.modelVersion = modelVersion;
    this.promptTokenCount = promptTokenCount;
  }

  /** @param {string} text */
  thought(text) {
    return this.#event({ text, thought: true });
  }

  /** @param {string} text */
  text(text) {
    this.#text += text;
    return this.#event({ text });
  }

  end() {
    return this.#event({ text: '' }, 'STOP');
  }

  /** @param {object} part @param {string} [finishReason] */
  #event(part, finishReason) {
    const candidatesTokenCount = countTokens(this.#text);
    const usageMetadata = {
      promptTokenCount: this.promptTokenCount,
      candidatesTokenCount,
      thoughtsTokenCount: this.thoughtsTokenCount,
      totalTokenCount: this.promptTokenCount + candidatesTokenCount + this.thoughtsTokenCount,
    };
    const candidate = { content: { parts: [part], role: 'model' }, finishReason, index: 0 };
    return plainEvent({ candidates: [candidate], usageMetadata, modelVersion: this.modelVersion });
  }
}
