/**
 * A server-sent event as OpenAI and Anthropic write it: its name is its data's `type`.
 *
 * @param {{ type: string, [field: string]: unknown }} data
 */
export function namedEvent(data) {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * A server-sent event as Google writes it: no name, and CRLF at the end of its lines.
 *
 * @param {object} data
 */
export function plainEvent(data) {
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

/**
 * A server-sent event as those write it who speak Chat Completions: no name.
 *
 * @param {object} data
 */
export function dataEvent(data) {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The key of an `Authorization: Bearer` header. @param {import('./exchange.mjs').Exchange} exchange */
export function bearerOf({ headers }) {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? null;
}
