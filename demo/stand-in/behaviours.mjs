/**
 * How the stand-in answers one request: `standIn.once(provider, behaviour)`.
 *
 * @typedef {(exchange: import('./exchange.mjs').Exchange, tools: import('./tools.mjs').Tools) => unknown} Behaviour
 *
 * An answer that is sent at once. What is neither text nor bytes is sent as JSON.
 * @typedef {object} Reply
 * @property {number} status
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body]
 */

/** Answers with a status, headers and a body. @param {Reply} answer @returns {Behaviour} */
export function reply(answer) {
  return (exchange) => exchange.reply(answer);
}

/** Sends the client elsewhere. @param {string} location @returns {Behaviour} */
export function redirect(location, status = 307) {
  return reply({ status, headers: { location } });
}

/** Says nothing, not even headers. The test may answer by hand, on the exchange that `nextRequest` gives. */
export function hang() {
  return /** @type {Behaviour} */ (() => undefined);
}

/** Cuts the connection before the headers. */
export function cut() {
  return /** @type {Behaviour} */ ((exchange) => exchange.cut());
}

/**
 * Sends recorded pieces of a body one by one, then ends it, or cuts the connection, or says nothing more.
 *
 * @param {readonly (string | Uint8Array)[]} chunks
 * @param {{ then?: 'end' | 'cut' | 'hang', status?: number, headers?: Record<string, string> }} [options]
 * @returns {Behaviour}
 */
export function replay(chunks, { then = 'end', status, headers } = {}) {
  return async (exchange) => {
    exchange.open(status, headers);
    for (const chunk of chunks) await exchange.write(chunk);
    if (then === 'end') exchange.end();
    if (then === 'cut') exchange.cut();
  };
}

/**
 * Sends pieces of a body so many milliseconds apart, then ends it.
 *
 * @param {readonly string[]} chunks
 * @param {number} everyMs
 * @returns {Behaviour}
 */
export function drip(chunks, everyMs) {
  return async (exchange) => {
    exchange.open();
    for (const chunk of chunks) {
      if (!(await exchange.write(chunk))) return;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    exchange.end();
  };
}

/**
 * Sends one piece over and over, as fast as the client takes it, until the total is reached.
 *
 * @param {{ chunk: string, bytes: number, first?: string, last?: string }} options
 * @returns {Behaviour}
 */
export function flood({ chunk, bytes, first = '', last = '' }) {
  return async (exchange) => {
    if (first) await exchange.write(first);
    while (exchange.sentBytes < bytes) if (!(await exchange.write(chunk))) return;
    exchange.end(last);
  };
}
