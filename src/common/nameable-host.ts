/** A name or an address, with a port or without. URL parsers let through much more: `;`, `,`, `*` and quotes. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/**
 * Whether a host may be named in a Content Security Policy: it is one host, and nothing in it ends a directive, adds one, or
 * stands for others.
 */
export const isNameableHost = (host: string): boolean => HOST.test(host);
