/** One request to the stand-in and the answer to it, which a test may write by hand. */
export class Exchange {
  /** The key that the service found in the request. @type {string | null} */
  key = null;
  /** The parsed JSON, or the text where it is none. @type {any} */
  body = null;
  /** Bytes of the body that the operating system took. */
  sentBytes = 0;
  /** Resolves when the client closes its socket before the answer has ended. @type {Promise<void>} */
  closedByClient;

  #request;
  #response;
  #endedByUs = false;

  /**
   * @param {string} provider
   * @param {string} path path and query, without the service's prefix
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  constructor(provider, path, request, response) {
    this.provider = provider;
    this.path = path;
    this.method = request.method ?? '';
    /** Names in lower case. */
    this.headers = request.headers;
    this.#request = request;
    this.#response = response;
    this.closedByClient = new Promise((resolve) => {
      response.once('close', () => {
        if (!this.#endedByUs) resolve();
      });
    });
  }

  /** The query's parameters. */
  get query() {
    return new URL(this.path, 'http://stand-in').searchParams;
  }

  /** Whether the answer can still be written to. */
  get isOpen() {
    return !this.#response.closed && !this.#response.writableFinished;
  }

  /** @returns {Promise<boolean>} false: the client left before its body had arrived */
  async readBody() {
    try {
      const chunks = await this.#request.toArray();
      this.body = parse(Buffer.concat(chunks).toString('utf8'));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Sends the status and the headers now.
   *
   * @param {number} [status]
   * @param {Record<string, string>} [headers]
   */
  open(status = 200, headers = { 'content-type': 'text/event-stream; charset=utf-8' }) {
    this.#response.writeHead(status, headers).flushHeaders();
  }

  /**
   * Sends a piece of the body, on its own where the operating system lets it.
   *
   * @param {string | Uint8Array} chunk
   * @returns {Promise<boolean>} true when it was taken, false when the client has gone
   */
  async write(chunk) {
    if (!this.isOpen) return false;
    if (!this.#response.headersSent) this.open();
    await new Promise((resolve) => {
      this.#response.once('close', resolve);
      this.#response.write(chunk, () => {
        this.#response.off('close', resolve);
        resolve(null);
      });
    });
    if (!this.isOpen) return false;
    this.sentBytes += chunk.length;
    // Gives the client the chance to read this piece before the next one is sent.
    await new Promise(setImmediate);
    return true;
  }

  /** Ends the answer properly. @param {string | Uint8Array} [lastChunk] */
  end(lastChunk) {
    if (!this.isOpen) return;
    this.#endedByUs = true;
    this.#response.end(lastChunk);
  }

  /** Answers at once. @param {import('./behaviours.mjs').Reply} reply */
  reply({ status, headers = {}, body = '' }) {
    if (!this.isOpen) return;
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    if (!this.#response.headersSent)
      this.open(status, { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...headers });
    this.end(isRaw ? body : JSON.stringify(body));
  }

  /** Cuts the connection, as a crash would. */
  cut() {
    this.#endedByUs = true;
    this.#request.socket.destroy();
  }

  /** Resets the connection, as a firewall would. */
  reset() {
    this.#endedByUs = true;
    this.#request.socket.resetAndDestroy();
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
