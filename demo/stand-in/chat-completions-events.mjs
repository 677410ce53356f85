import { dataEvent } from './sse.mjs';
import { countTokens } from './tools.mjs';

/**
 * What the chunks of a provider have of their own.
 *
 * @typedef {object} ChunkForm
 * @property {(text: string) => object} toReasoning The delta that carries a piece of reasoning.
 * @property {(counts: Counts) => object} toUsage The fields of the chunk that reports usage.
 * @property {boolean} [isUsageWithReason] Usage comes with the reason, in place of a chunk of its own.
 * @property {boolean} [areCallsWhole] A call comes in one piece.
 * @property {string} [opening] What comes before the first chunk.
 *
 * @typedef {{ input: number, output: number, reasoning: number }} Counts Output without the reasoning.
 */

/** Writes one answer's chunks, in the API's order. */
export class ChunkEvents {
  #id = `chatcmpl-${crypto.randomUUID()}`;
  #reasoning = '';
  #written = '';
  #calls = 0;
  #call = { name: '', id: '', text: '' };

  /** @param {ChunkForm} form @param {string} model */
  constructor(form, model) {
    this.form = form;
    this.model = model;
  }

  begin() {
    return (this.form.opening ?? '') + this.#delta({ role: 'assistant', content: '' });
  }

  /** @param {string} text */
  reasoning(text) {
    this.#reasoning += text;
    return this.#delta(this.form.toReasoning(text));
  }

  /** @param {string} content */
  text(content) {
    this.#written += content;
    return this.#delta({ content });
  }

  /** @param {string} name @param {string} [id] */
  beginCall(name, id = crypto.randomUUID().replaceAll('-', '').slice(0, 9)) {
    this.#call = { name, id, text: '' };
    return this.form.areCallsWhole ? '' : this.#callDelta({ id, name, text: '' });
  }

  /** @param {string} text a piece of the arguments' JSON */
  argumentsDelta(text) {
    this.#written += text;
    this.#call.text += text;
    return this.form.areCallsWhole ? '' : this.#callDelta({ text });
  }

  endCall() {
    const event = this.form.areCallsWhole ? this.#callDelta(this.#call) : '';
    this.#calls += 1;
    return event;
  }

  /** @param {number} input @param {string} [reason] */
  end(input, reason = this.#calls > 0 ? 'tool_calls' : 'stop') {
    const reasoning = this.#reasoning === '' ? 0 : countTokens(this.#reasoning);
    const usage = this.form.toUsage({ input, output: countTokens(this.#written), reasoning });
    const done = 'data: [DONE]\n\n';
    if (this.form.isUsageWithReason) return this.#chunk([choice({ content: '' }, reason)], usage) + done;
    return this.#chunk([choice({}, reason)]) + this.#chunk([], usage) + done;
  }

  /** @param {{ id?: string, name?: string, text: string }} call */
  #callDelta({ id, name, text }) {
    const head = id === undefined ? {} : { id, type: 'function' };
    const named = name === undefined ? {} : { name };
    return this.#delta({
      tool_calls: [{ index: this.#calls, ...head, function: { ...named, arguments: text } }],
    });
  }

  /** @param {object} delta */
  #delta(delta) {
    return this.#chunk([choice(delta, null)]);
  }

  /** @param {object[]} choices @param {object} [more] */
  #chunk(choices, more = {}) {
    const created = 1_790_000_000;
    return dataEvent({
      id: this.#id,
      object: 'chat.completion.chunk',
      created,
      model: this.model,
      choices,
      ...more,
    });
  }
}

/** @param {object} delta @param {string | null} reason */
function choice(delta, reason) {
  return { index: 0, delta, logprobs: null, finish_reason: reason };
}

/** Usage as OpenAI counts it. @param {Counts} counts */
export function usualUsage({ input, output, reasoning }) {
  return {
    prompt_tokens: input,
    completion_tokens: output + reasoning,
    total_tokens: input + output + reasoning,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
