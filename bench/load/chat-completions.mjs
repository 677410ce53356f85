import { Agent, request } from 'undici';
import { ReceivedAnswer } from './received-answer.mjs';

/** A client of OpenAI's chat completions, for peers that speak this: server-sent events. */
export class ChatCompletions {
  #agent = new Agent({ connections: null });
  #url;
  #headers;

  /** @param {string} url @param {Record<string, string>} headers */
  constructor(url, headers) {
    this.#url = url;
    this.#headers = headers;
  }

  /** @param {string} model @returns {{ answer: ReceivedAnswer, ended: Promise<void> }} */
  chat(model) {
    const answer = new ReceivedAnswer();
    const ended = this.#stream(answer, model).catch(() => answer.fail('CONNECTION_LOST'));
    return { answer, ended };
  }

  close() {
    void this.#agent.destroy();
  }

  /** @param {ReceivedAnswer} answer @param {string} model */
  async #stream(answer, model) {
    const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer key', ...this.#headers };
    const response = await request(this.#url, { dispatcher: this.#agent, method: 'POST', headers, body });
    answer.openedAt = performance.now();
    if (response.statusCode !== 200) {
      answer.fail(`HTTP_${response.statusCode}`);
      await response.body.dump();
      return;
    }
    let text = '';
    response.body.setEncoding('utf8');
    for await (const piece of response.body) {
      text += piece;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) read(answer, event.slice(event.indexOf('data: ') + 6));
    }
  }
}

/** @param {ReceivedAnswer} answer @param {string} data */
function read(answer, data) {
  if (data.trim() === '[DONE]') return;
  const text = JSON.parse(data).choices?.[0]?.delta?.content;
  if (text) answer.append(text);
}
