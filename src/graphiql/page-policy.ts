import { contentSecurityPolicy, ownSockets } from '../edge/content-security-policy.js';

/**
 * What the page may do: run and load this server's own files, and talk to this server. The page shows API keys on their
 * way in, so nothing may carry them elsewhere.
 *
 * @param host as the browser sent it
 */
export function pagePolicy(host: string | undefined): string {
  return contentSecurityPolicy({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    // The editor positions and measures its lines with style attributes and elements.
    'style-src': ["'self'", "'unsafe-inline'"],
    'font-src': ['data:'],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'", ...ownSockets(host)],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  });
}
