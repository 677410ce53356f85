import { isLoopbackAddress, parseAddress } from '../common/ip-address.js';
import { isNameableHost } from '../common/nameable-host.js';
import { InvalidValueError, type Parser, type ValueRules } from './variable.js';
import { readUrl } from '../common/read-url.js';

function parseUrl(text: string, protocols: readonly string[], mistake: string): URL {
  // The URL parser drops spaces and control characters without a word.
  const url = /^[\x21-\x7e]+$/.test(text) ? readUrl(text) : null;
  if (url === null || !protocols.includes(url.protocol)) throw new InvalidValueError(mistake);
  return url;
}

function plainHttpUrl(text: string): URL {
  const url = parseUrl(text, ['https:', 'http:'], 'must be an http:// or https:// URL');
  if (url.username !== '' || url.password !== '') {
    throw new InvalidValueError('must not hold a user name or password');
  }
  if (text.includes('#')) throw new InvalidValueError('must not have a fragment (#)');
  return url;
}

/**
 * An address that we call over HTTP. What goes there is a key, or decides whose keys are used: in production it never
 * goes over a network in the clear, for every variable.
 */
function httpUrl(text: string, rules?: ValueRules): URL {
  const url = plainHttpUrl(text);
  if (rules?.production === true && url.protocol === 'http:' && !isLoopback(url)) {
    throw new InvalidValueError('must be an https:// URL in production, unless it leads to this machine');
  }
  return url;
}

/**
 * A service's address, without a trailing slash. A path before the API's own is kept: gateways have one.
 *
 * @param acceptedSuffix the API's version path, dropped where the address ends with it
 */
export function baseUrl(acceptedSuffix?: string): Parser<string> {
  return (text, rules) => {
    const url = httpUrl(text, rules);
    if (text.includes('?')) throw new InvalidValueError('must not have a query (?)');
    const path = url.pathname.replace(/\/+$/, '');
    const suffixed = acceptedSuffix !== undefined && path.endsWith(acceptedSuffix);
    return url.origin + (suffixed ? path.slice(0, -acceptedSuffix.length) : path);
  };
}

/** An address of a document, where a query may be part of the name. */
export function documentUrl(text: string, rules?: ValueRules): URL {
  return httpUrl(text, rules);
}

/**
 * An address that browsers go to or call on the way to a token: never in the clear, except to this machine outside
 * production. Its origin may stand in a Content Security Policy.
 *
 * @throws InvalidValueError
 */
export function signInUrl(text: string, { production }: ValueRules): URL {
  const url = plainHttpUrl(text);
  if (url.protocol === 'http:' && (production || !isLoopback(url))) {
    throw new InvalidValueError(
      'must be an https:// URL, unless it leads to this machine outside production',
    );
  }
  if (!isNameableHost(url.host)) throw new InvalidValueError('must name one host');
  return url;
}

/** Whether the URL leads to this machine, where no one else can listen in. Names under a domain do not: DNS says where. */
function isLoopback({ hostname }: URL): boolean {
  if (hostname === 'localhost') return true;
  const address = parseAddress(hostname.replace(/^\[|\]$/g, ''));
  return address !== null && isLoopbackAddress(address);
}
