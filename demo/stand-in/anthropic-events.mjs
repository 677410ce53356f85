import { namedEvent } from './sse.mjs';
import { countTokens } from './tools.mjs';

/** Writes one message's events, in the API's order. */
export class MessageEvents {
  #index = 0;
  #thinking = '';
  #written = '';
  #hasCalls = false;
  /** What the message says of its input, in the beginning and again in the end. */
  #input = {};

  /** @param {string} model */
  constructor(model) {
    this.model = model;
  }

  /** @param {number} inputTokens */
  begin(inputTokens) {
    this.#input = {
      input_tokens: inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    };
    const usage = { ...this.#input, output_tokens: 1, service_tier: 'standard' };
    const message = {
      id: `msg_${crypto.randomUUID().replaceAll('-', '')}`,
      type: 'message',
      role: 'assistant',
      model: this.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
    return event('message_start', { message });
  }

  beginThinking() {
    return this.#beginBlock({ type: 'thinking', thinking: '', signature: '' });
  }

  /** @param {string} thinking */
  thinkingDelta(thinking) {
    this.#thinking += thinking;
    return this.#delta({ type: 'thinking_delta', thinking });
  }

  endThinking(signature = 'c3RhbmQtaW4=') {
    return this.#delta({ type: 'signature_delta', signature }) + this.#endBlock();
  }

  /** Thinking that nobody may read. @param {string} data */
  redactedThinking(data) {
    return this.#beginBlock({ type: 'redacted_thinking', data }) + this.#endBlock();
  }

  beginText() {
    return this.#beginBlock({ type: 'text', text: '', citations: null }) + namedEvent({ type: 'ping' });
  }

  /** @param {string} text */
  textDelta(text) {
    this.#written += text;
    return this.#delta({ type: 'text_delta', text });
  }

  endText() {
    return this.#endBlock();
  }

  /** @param {string} name @param {string} [id] */
  beginCall(name, id = `toolu_${crypto.randomUUID().replaceAll('-', '')}`) {
    this.#hasCalls = true;
    const block = { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
    // The first delta of a call is empty.
    return this.#beginBlock(block) + this.argumentsDelta('');
  }

  /** @param {string} json a piece of the input's JSON */
  argumentsDelta(json) {
    this.#written += json;
    return this.#delta({ type: 'input_json_delta', partial_json: json });
  }

  endCall() {
    return this.#endBlock();
  }

  /** @param {string} [stopReason] */
  end(stopReason = this.#hasCalls ? 'tool_use' : 'end_turn') {
    const thinkingTokens = this.#thinking === '' ? 0 : countTokens(this.#thinking);
    const usage = {
      ...this.#input,
      output_tokens: thinkingTokens + countTokens(this.#written),
      output_tokens_details: thinkingTokens > 0 ? { thinking_tokens: thinkingTokens } : null,
    };
    const delta = { stop_reason: stopReason, stop_sequence: null, stop_details: null, container: null };
    return event('message_delta', { delta, usage }) + event('message_stop', {});
  }

  /** @param {object} block */
  #beginBlock(block) {
    return event('content_block_start', { index: this.#index, content_block: block });
  }

  /** @param {object} delta */
  #delta(delta) {
    return event('content_block_delta', { index: this.#index, delta });
  }

  #endBlock() {
    return event('content_block_stop', { index: this.#index++ });
  }
}

/** @param {string} type @param {object} data */
function event(type, data) {
  return namedEvent({ type, ...data });
}
