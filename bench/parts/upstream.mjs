// A fast fake of the providers' streaming endpoints (OpenAI's two, Anthropic, Google), on PORT. The model says what it
// streams: see shape.mjs.
import { createServer } from 'node:http';
import { formatOf } from './formats.mjs';
import { shapeOf, textOf, word } from './shape.mjs';

/** How many deltas it writes before others get their turn. */
const TURN = 32;

const server = createServer((request, response) => {
  const path = request.url ?? '';
  const format = formatOf(path);
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (/** @type {string} */ text) => (body += text));
  request.on('end', () => {
    if (!format) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"object":"list","data":[]}');
      return;
    }
    // Google's stands in the path.
    const { model = path } = /** @type {{ model?: string }} */ (JSON.parse(body || '{}'));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    void send(new Answer(response, format), shapeOf(model));
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');

/** @param {Answer} answer @param {import('./shape.mjs').Shape} shape */
async function send(answer, { words, intervalMs, pieceBytes }) {
  answer.begin();
  if (pieceBytes > 0) await answer.sendPieces(textOf(words), pieceBytes);
  else if (intervalMs > 0) await answer.sendPaced(words, intervalMs);
  else await answer.sendBurst(words);
  answer.end(words);
}

class Answer {
  #response;
  #format;
  #closed = false;
  #wake = () => {};

  /** @param {import('node:http').ServerResponse} response @param {import('./formats.mjs').Format} format */
  constructor(response, format) {
    this.#response = response;
    this.#format = format;
    response.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
    response.on('drain', () => this.#wake());
  }

  begin() {
    this.#response.write(this.#format.head);
  }

  /** @param {number} words */
  end(words) {
    if (!this.#closed) this.#response.end(this.#format.tail(words));
  }

  /** @param {number} words */
  async sendBurst(words) {
    for (let index = 0; index < words && !this.#closed; index++) {
      if (!this.#response.write(this.#event(word(index)))) await this.#woken();
      else if (index % TURN === TURN - 1) await turn();
    }
  }

  /** Each word when it is due: being late once makes none of the later ones late. @param {number} words @param {number} intervalMs */
  async sendPaced(words, intervalMs) {
    const began = performance.now();
    for (let index = 0; index < words && !this.#closed; index++) {
      const waitMs = began + (index + 1) * intervalMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (!this.#closed) this.#response.write(this.#event(word(index)));
    }
  }

  /** @param {string} text @param {number} bytes */
  async sendPieces(text, bytes) {
    const whole = Buffer.from(this.#event(text));
    for (let from = 0; from < whole.length && !this.#closed; from += bytes) {
      if (!this.#response.write(whole.subarray(from, from + bytes))) await this.#woken();
      await turn();
    }
  }

  /** Words have nothing that JSON escapes. @param {string} text */
  #event(text) {
    const [before, after] = this.#format.delta;
    return before + text + after;
  }

  /** Resolves when there is room again, or nobody there. */
  async #woken() {
    if (this.#closed) return;
    await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
  }
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}
