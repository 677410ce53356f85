import { namedEvent } from './sse.mjs';
import { countTokens } from './tools.mjs';

/** What OpenAI sends in place of its reasoning. */
const ENCRYPTED_REASONING = 'gAAAAABstandin';

/** Writes one answer's events, in the API's order. */
export class ResponseEvents {
  #sequence = 0;
  /** The finished items. @type {object[]} */
  #output = [];
  #reasoning = '';
  #text = '';
  #isSpeaking = false;
  #call = { name: '', call_id: '', arguments: '' };
  #written = '';
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
    const part = { type: 'summary_text', text: '' };
    return (
      this.#itemEvent('added', this.#reasoningItem([])) +
      this.#event('response.reasoning_summary_part.added', { ...this.#reasoningPlace(), part })
    );
  }

  /** @param {string} delta */
  reasoningDelta(delta) {
    this.#reasoning += delta;
    return this.#event('response.reasoning_summary_text.delta', { ...this.#reasoningPlace(), delta });
  }

  endReasoning() {
    const text = this.#reasoning;
    const part = { type: 'summary_text', text };
    return (
      this.#event('response.reasoning_summary_text.done', { ...this.#reasoningPlace(), text }) +
      this.#event('response.reasoning_summary_part.done', { ...this.#reasoningPlace(), part }) +
      this.#itemEvent('done', this.#reasoningItem([part]))
    );
  }

  beginText() {
    this.#isSpeaking = true;
    return (
      this.#itemEvent('added', this.#message('in_progress', [])) +
      this.#event('response.content_part.added', { ...this.#textPlace(), part: this.#textPart('') })
    );
  }

  /** @param {string} delta */
  textDelta(delta) {
    this.#text += delta;
    return this.#event('response.output_text.delta', { ...this.#textPlace(), delta, logprobs: [] });
  }

  endText() {
    this.#isSpeaking = false;
    const text = this.#text;
    const part = this.#textPart(text);
    return (
      this.#event('response.output_text.done', { ...this.#textPlace(), text, logprobs: [] }) +
      this.#event('response.content_part.done', { ...this.#textPlace(), part }) +
      this.#itemEvent('done', this.#message('completed', [part]))
    );
  }

  /** @param {string} name @param {string} [callId] */
  beginCall(name, callId = `call_${crypto.randomUUID().replaceAll('-', '')}`) {
    this.#call = { name, call_id: callId, arguments: '' };
    return this.#itemEvent('added', this.#callItem('in_progress'));
  }

  /** @param {string} delta a piece of the arguments' JSON */
  argumentsDelta(delta) {
    this.#call.arguments += delta;
    this.#written += delta;
    return this.#event('response.function_call_arguments.delta', { ...this.#callPlace(), delta });
  }

  endCall() {
    const { arguments: text } = this.#call;
    return (
      this.#event('response.function_call_arguments.done', { ...this.#callPlace(), arguments: text }) +
      this.#itemEvent('done', this.#callItem('completed'))
    );
  }

  /** @param {number} inputTokens */
  end(inputTokens) {
    const lastItem = this.#isSpeaking ? this.endText() : '';
    const usage = this.#usage(inputTokens);
    const response = { ...this.#response('completed'), output: this.#output, usage };
    return lastItem + this.#event('response.completed', { response });
  }

  /** @param {string} type @param {object} data */
  #event(type, data) {
    return namedEvent({ type, sequence_number: this.#sequence++, ...data });
  }

  /** @param {'added' | 'done'} change @param {object} item */
  #itemEvent(change, item) {
    const event = this.#event(`response.output_item.${change}`, { output_index: this.#output.length, item });
    if (change === 'done') this.#output.push(item);
    return event;
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

  /** @param {string} status @param {object[]} content */
  #message(status, content) {
    return { id: `msg_${this.#id}`, type: 'message', role: 'assistant', status, content };
  }

  /** @param {string} text */
  #textPart(text) {
    return { type: 'output_text', annotations: [], logprobs: [], text };
  }

  #textPlace() {
    return { item_id: `msg_${this.#id}`, output_index: this.#output.length, content_index: 0 };
  }

  /** @param {object[]} summary */
  #reasoningItem(summary) {
    return { id: `rs_${this.#id}`, type: 'reasoning', encrypted_content: ENCRYPTED_REASONING, summary };
  }

  #reasoningPlace() {
    return { item_id: `rs_${this.#id}`, output_index: this.#output.length, summary_index: 0 };
  }

  /** @param {string} status */
  #callItem(status) {
    return { id: this.#callPlace().item_id, type: 'function_call', status, ...this.#call };
  }

  #callPlace() {
    const index = this.#output.length;
    return { item_id: `fc_${this.#id}${index}`, output_index: index };
  }

  /** @param {number} inputTokens */
  #usage(inputTokens) {
    const reasoningTokens = this.#reasoning === '' ? 0 : countTokens(this.#reasoning);
    const outputTokens = reasoningTokens + countTokens(this.#text + this.#written);
    return {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: reasoningTokens },
      total_tokens: inputTokens + outputTokens,
    };
  }
}
