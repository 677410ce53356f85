/** A host with an optional port, and nothing that would end a directive. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/**
 * What the page may do: run and load this server's own files, and talk to this server (Content Security Policy
 * Level 3). The page shows API keys on their way in, so nothing may carry them elsewhere.
 *
 * @param host as the browser sent it; not every browser takes `'self'` for the WebSocket of the same host
 */
export function contentSecurityPolicy(host: string | undefined): string {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    // The editor positions and measures its lines with style attributes and elements.
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    "img-src 'self' data:",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
