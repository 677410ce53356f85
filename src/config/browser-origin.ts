import { InvalidValueError } from './variable.js';
import { readUrl } from '../common/read-url.js';

/** Schemes whose origins are those of servers, and those that are the same to `Origin` under another name. */
const HTTP = new Set(['http:', 'https:']);
const SOCKETS = new Set(['ws:', 'wss:']);

/** Printable ASCII, for the URL parser drops spaces and control characters without a word, and nothing behind the port. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(?![/\\])[\x21-\x7e]*$/i;

/** `*` for the whole first label of a name that has a domain behind it, on a port of its own or none. */
const ANY_LABEL = /^https?:\/\/\*\.[^*]+$/i;
const DOMAIN = /^\*\.(?:localhost|[^.]+\..*[^.])$/;

const NOT_AN_ORIGIN =
  'must be an origin: scheme, host and port only (https://app.example, capacitor://localhost)';

/**
 * An origin in the form in which two of them compare: in lower case, without the port that its scheme has anyway
 * (RFC 6454 section 6.2). Pages of apps and extensions have schemes of their own, of which `URL` knows no origin.
 *
 * @returns null for what is no origin, such as `null`
 */
export function canonicalOrigin(text: string): string | null {
  const url = ORIGIN.test(text) ? readUrl(text.toLowerCase()) : null;
  if (url === null) return null;
  const { protocol, host, href } = url;
  const origin = `${protocol}//${host}`;
  if (host === '' && protocol !== 'file:') return null;
  return href === origin || href === `${origin}/` ? origin : null;
}

/** The origin's own scheme and host as a URL has them; null where the scheme is none of a server. */
export function serverOrigin(text: string): { readonly protocol: string; readonly host: string } | null {
  const origin = canonicalOrigin(text);
  if (origin === null) return null;
  const { protocol, host } = new URL(origin);
  return HTTP.has(protocol) ? { protocol, host } : null;
}

/** `https://*.example.com` for `https://app.example.com`: what a wildcard that lets it in looks like. */
export function wildcardOf(origin: string): string {
  return origin.replace(/^(https?:\/\/)[^.:/]+\./, '$1*.');
}

/** What the operator allows: an origin as {@link canonicalOrigin} writes it, or one with `*` for its first label. */
export function allowedOrigin(text: string): string {
  const origin = canonicalOrigin(text);
  if (text === '*') throw new InvalidValueError('must not be *, which lets every page in: name the origins');
  if (text.includes('*') || origin?.includes('*') === true) return originWithWildcard(text, origin);
  if (origin === null) throw new InvalidValueError(NOT_AN_ORIGIN);
  if (SOCKETS.has(new URL(origin).protocol)) {
    throw new InvalidValueError(
      'must be the origin of a page (https://app.example), also for its WebSockets',
    );
  }
  return origin;
}

function originWithWildcard(text: string, origin: string | null): string {
  if (origin === null || !ANY_LABEL.test(text) || !DOMAIN.test(new URL(origin).hostname)) {
    throw new InvalidValueError(
      'may have * only for the whole first label before a domain (https://*.example.com stands for one label)',
    );
  }
  return origin;
}
