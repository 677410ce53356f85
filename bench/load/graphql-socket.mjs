import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ReceivedAnswer } from './received-answer.mjs';

/**
 * @typedef {object} Watcher
 * @property {ReceivedAnswer} answer
 * @property {() => void} end
 */

/**
 * What subscribes to an answer of this model.
 *
 * @typedef {(model: string) => { query: string, variables: Record<string, unknown> }} ChatOperation
 */

/** A connection of graphql-transport-ws that does as little as a client can: what is measured is the server. */
export class GraphqlSocket {
  #socket;
  /** @type {Map<string, Watcher>} */
  #watchers = new Map();
  #lastId = 0;
  #operation;

  /** @param {WebSocket} socket @param {ChatOperation} operation */
  constructor(socket, operation) {
    this.#socket = socket;
    this.#operation = operation;
    socket.on('message', (/** @type {Buffer} */ raw) => this.#receive(JSON.parse(raw.toString())));
    socket.on('close', (code) => this.#endAll(`CLOSED_${code}`));
    socket.on('error', () => this.#endAll('CONNECTION_LOST'));
  }

  /**
   * @param {string} url
   * @param {string} token
   * @param {ChatOperation} operation
   * @returns {Promise<GraphqlSocket>} when the server has acknowledged
   */
  static async open(url, token, operation) {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    const [raw] = await once(socket, 'message');
    const { type } = JSON.parse(raw.toString());
    if (type !== 'connection_ack') throw new Error(`Expected connection_ack, got ${String(type)}.`);
    return new GraphqlSocket(socket, operation);
  }

  /**
   * Subscribes to a chat; `answer` grows while it is under way.
   *
   * @param {string} model
   * @returns {{ answer: ReceivedAnswer, ended: Promise<void> }}
   */
  chat(model) {
    const answer = new ReceivedAnswer();
    const ended = new Promise((/** @type {(nothing: void) => void} */ resolve) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        answer.fail('CONNECTION_LOST');
        resolve();
        return;
      }
      const id = String(++this.#lastId);
      this.#watchers.set(id, { answer, end: resolve });
      this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: this.#operation(model) }));
    });
    return { answer, ended };
  }

  close() {
    this.#socket.terminate();
  }

  /** @param {{ id?: string, type: string, payload?: any }} message */
  #receive({ id = '', type, payload }) {
    if (type === 'ping') this.#socket.send('{"type":"pong"}');
    const watcher = this.#watchers.get(id);
    if (!watcher) return;
    const { answer } = watcher;
    answer.openedAt ??= performance.now();
    if (type === 'next') read(answer, payload);
    else {
      if (type === 'error') answer.fail(payload?.[0]?.extensions?.code ?? 'ERROR');
      this.#watchers.delete(id);
      watcher.end();
    }
  }

  /** @param {string} code */
  #endAll(code) {
    for (const { answer, end } of this.#watchers.values()) {
      answer.fail(code);
      end();
    }
    this.#watchers.clear();
  }
}

/** @param {ReceivedAnswer} answer @param {any} payload of `next` */
function read(answer, { data, errors }) {
  if (errors) answer.fail(errors[0]?.extensions?.code ?? 'ERROR');
  const event = data?.chat;
  if (event?.text) answer.append(event.text);
  if (event?.error) answer.fail(event.error.code);
  if (event?.chatId) answer.chatId = event.chatId;
}
