import { namedEvent } from './sse.mjs';
import { countTokens } from './tools.mjs';

/** Writes one answer's events, in the API's order. */
export class ResponseEvents {
  #sequence = 0;
  #outputIndex = 0;
  #reasoning = '';
  #text = '';
  #id = crypto.randomUUID().replaceAll('-', '');

  /** @param {any} request */
  constructor(request) {
    this.request = request;
  }

  begin() {
    const response = this.#response('in_progress');
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  beginReasoning() {
    const item = { id: `rs_${this.#id}`, type: 'reasoning', summary: [] };
    const part = { type: 'summary_text', text: '' };
    return (
      this.#event('response.output_item.added', { output_index: this.#outputIndex, item }) +
      this.#event('response.reasoning_summary_part.added', { ...this.#reasoningPlace(), part })
    );
  }

  /** @param {string} delta */
  reasoningDelta(delta) {
    this.#reasoning += delta;
    return this.#event('response.reasoning_summary_text.delta', { ...this.#reasoningPlace(), delta });
  }

  endReasoning() {
    const part = { type: 'summary_text', text: this.#reasoning };
    const item = { id: `rs_${this.#id}`, type: 'reasoning', summary: [part] };
    const events =
      this.#event('response.reasoning_summary_text.done', {
        ...this.#reasoningPlace(),
        text: this.#reasoning,
      }) +
      this.#event('response.reasoning_summary_part.done', { ...this.#reasoningPlace(), part }) +
      this.#event('response.output_item.done', { output_index: this.#outputIndex, item });
    this.#outputIndex++;
    return events;
  }

  beginText() {
    const item = { ...this.#message(), status: 'in_progress', content: [] };
    return (
      this.#event('response.output_item.added', { output_index: this.#outputIndex, item }) +
      this.#event('response.content_part.added', { ...this.#textPlace(), part: this.#textPart('') })
    );
  }

  /** @param {string} delta */
  textDelta(delta) {
    this.#text += delta;
    return this.#event('response.output_text.delta', { ...this.#textPlace(), delta, logprobs: [] });
  }

  /** @param {number} inputTokens */
  end(inputTokens) {
    const part = this.#textPart(this.#text);
    const item = { ...this.#message(), status: 'completed', content: [part] };
    return (
      this.#event('response.output_text.done', { ...this.#textPlace(), text: this.#text, logprobs: [] }) +
      this.#event('response.content_part.done', { ...this.#textPlace(), part }) +
      this.#event('response.output_item.done', { output_index: this.#outputIndex, item }) +
      this.#event('response.completed', {
        response: { ...this.#response('completed'), output: [item], usage: this.#usage(inputTokens) },
      })
    );
  }

  /** @param {string} type @param {object} data */
  #event(type, data) {
    return namedEvent({ type, sequence_number: this.#sequence++, ...data });
  }

  /** @param {string} status */
  #response(status) {
    return {
      id: `resp_${this.#id}`,
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      status,
      error: null,
      incomplete_details: null,
      model: this.request.model,
      output: [],
      store: this.request.store ?? true,
      usage: null,
    };
  }

  #message() {
    return { id: `msg_${this.#id}`, type: 'message', role: 'assistant' };
  }

  /** @param {string} text */
  #textPart(text) {
    return { type: 'output_text', annotations: [], logprobs: [], text };
  }

  #textPlace() {
    return { item_id: `msg_${this.#id}`, output_index: this.#outputIndex, content_index: 0 };
  }

  #reasoningPlace() {
    return { item_id: `rs_${this.#id}`, output_index: this.#outputIndex, summary_index: 0 };
  }

  /** @param {number} inputTokens */
  #usage(inputTokens) {
    const reasoningTokens = this.#reasoning === '' ? 0 : countTokens(this.#reasoning);
    const outputTokens = reasoningTokens + countTokens(this.#text);
    return {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: reasoningTokens },
      total_tokens: inputTokens + outputTokens,
    };
  }
}
