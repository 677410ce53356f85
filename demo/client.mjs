import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A client of the API, as an application has one: queries over HTTP, chats over WebSocket. */
export class Client {
  #server;
  #url;
  #authorization;

  /** @param {string} url @param {string} token */
  constructor(url, token) {
    this.#server = url;
    this.#url = `${url}/graphql`;
    this.#authorization = `Bearer ${token}`;
  }

  /**
   * @param {string} query
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<Record<string, any>>}
   */
  async request(query, variables = {}) {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: this.#authorization },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = /** @type {any} */ (await response.json());
    if (errors) throw new RefusedError(errors[0]);
    return data;
  }

  /**
   * Sends a file, for chats to come.
   *
   * @param {string} name
   * @param {Buffer<ArrayBuffer>} content
   * @returns {Promise<{ id: string, mimeType: string, bytes: number, expiresAt: string }>}
   */
  async attach(name, content) {
    const body = new FormData();
    body.append('file', new Blob([content]), name);
    const headers = { authorization: this.#authorization };
    const response = await fetch(`${this.#server}/attachments`, { method: 'POST', headers, body });
    const answer = /** @type {any} */ (await response.json());
    if (answer.errors) throw new RefusedError(answer.errors[0]);
    return answer;
  }

  /**
   * The events of a chat, as they arrive.
   *
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @returns {AsyncGenerator<Record<string, any>>}
   */
  async *chat(query, variables) {
    const client = createClient({
      url: this.#url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: this.#authorization },
      // What is lost here is a failure of the demo; examples/ show how to come back.
      retryAttempts: 0,
    });
    try {
      for await (const { data, errors } of client.iterate({ query, variables })) {
        if (errors?.[0]) throw new RefusedError(errors[0]);
        yield /** @type {any} */ (data).chat;
      }
    } finally {
      await client.dispose();
    }
  }
}

/** What the server answers instead of data. */
export class RefusedError extends Error {
  /** @param {{ message: string, extensions?: Record<string, unknown> }} error */
  constructor({ message, extensions }) {
    super(`${String(extensions?.code)}: ${message}`);
    /** One of the codes in docs/errors.md. */
    this.code = extensions?.code;
  }
}
