import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A client of the API, as an application has one: queries over HTTP, chats over WebSocket. */
export class Client {
  #url;
  #authorization;

  /** @param {string} url @param {string} token */
  constructor(url, token) {
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
    if (errors) throw Object.assign(new Error(errors[0].message), { code: errors[0].extensions.code });
    return data;
  }

  /**
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @returns {AsyncGenerator<Record<string, any>>} the events of the chat
   */
  async *chat(query, variables) {
    const client = createClient({
      url: this.#url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: this.#authorization },
    });
    try {
      for await (const { data, errors } of client.iterate({ query, variables })) {
        if (errors) throw new Error(errors[0]?.message);
        yield /** @type {any} */ (data).chat;
      }
    } finally {
      await client.dispose();
    }
  }
}
