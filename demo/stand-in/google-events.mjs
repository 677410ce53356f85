import { plainEvent } from './sse.mjs';
import { countTokens } from './tools.mjs';

/** Writes one answer's events. Each is a whole answer as far as it goes, with what there is to count. */
export class CandidateEvents {
  #thoughts = '';
  #written = '';

  /** @param {string} modelVersion @param {number} promptTokenCount */
  constructor(modelVersion, promptTokenCount) {
    this.modelVersion = modelVersion;
    this.promptTokenCount = promptTokenCount;
  }

  /** @param {string} text */
  thought(text) {
    this.#thoughts += text;
    return this.#event({ text, thought: true });
  }

  /** @param {string} text */
  text(text) {
    this.#written += text;
    return this.#event({ text });
  }

  /**
   * A call comes whole. Of those of one answer only the first carries a signature.
   *
   * @param {{ name: string, args?: unknown, id?: string }} functionCall
   * @param {string} [thoughtSignature]
   */
  call(functionCall, thoughtSignature) {
    this.#written += JSON.stringify(functionCall.args ?? {});
    return this.#event({ functionCall, thoughtSignature });
  }

  end(finishReason = 'STOP') {
    return this.#event({ text: '' }, finishReason);
  }

  /** @param {object} part @param {string} [finishReason] */
  #event(part, finishReason) {
    const candidatesTokenCount = countTokens(this.#written);
    const thoughtsTokenCount = this.#thoughts === '' ? 0 : countTokens(this.#thoughts);
    const usageMetadata = {
      promptTokenCount: this.promptTokenCount,
      candidatesTokenCount,
      thoughtsTokenCount,
      totalTokenCount: this.promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
    };
    const candidate = { content: { parts: [part], role: 'model' }, finishReason, index: 0 };
    return plainEvent({ candidates: [candidate], usageMetadata, modelVersion: this.modelVersion });
  }
}
