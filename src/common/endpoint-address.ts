import { isPublicAddress, type IpAddress, parseAddress } from './ip-address.js';
import { readUrl } from './read-url.js';

/** Longer than any API's address, in characters. */
const LONGEST = 500;
/** As DNS has it (RFC 1035 section 2.3.4). */
const LONGEST_NAME = 253;

/** What users often add, and the server adds itself. */
const OWN_PATHS = /\/(?:chat\/completions|completions|models)$/;

/** What is wrong with an address: a sentence's end that begins with a verb, and quotes nothing of it. */
export class EndpointMistake extends Error {}

/**
 * The address of an API that a user names, in its one form. It is what the `openai` package calls a base URL: the paths
 * of the API are appended to it.
 *
 * Only {@link read} makes one, so each was checked.
 */
export class EndpointAddress {
  readonly #url: URL;

  private constructor(url: URL) {
    this.#url = url;
  }

  /**
   * Reads an address, and brings it into the form that the WHATWG URL standard gives it: hosts in lower case and
   * Punycode, numbers of any notation as an IPv4 address, no default port, no final slash or dot.
   *
   * @throws EndpointMistake
   */
  static read(text: string): EndpointAddress {
    const mistake = findMistake(text);
    if (mistake !== null) throw new EndpointMistake(mistake);
    const url = new URL(text);
    url.hostname = url.hostname.replace(/\.$/, '');
    url.pathname = withoutSlashes(url.pathname);
    const shape = findMistakeOfShape(url);
    if (shape !== null) throw new EndpointMistake(shape);
    return new EndpointAddress(url);
  }

  /** Its one form, which is stored and shown: `https://api.example/v1`. */
  get baseUrl(): string {
    return this.#url.origin + withoutSlashes(this.#url.pathname);
  }

  /** Whether its connections are TLS. */
  get isSecure(): boolean {
    return this.#url.protocol === 'https:';
  }

  /** Whether it names a port other than its scheme's. */
  get hasPort(): boolean {
    return this.#url.port !== '';
  }

  /** A name, or an IPv6 address without brackets, or an IPv4 one. */
  get hostname(): string {
    return this.#url.hostname.replace(/^\[|\]$/g, '');
  }

  /** Where its host is written as an address. */
  get literal(): IpAddress | null {
    return parseAddress(this.hostname);
  }
}

function findMistake(text: string): string | null {
  if (text.length > LONGEST) return `must have at most ${LONGEST} characters`;
  // The URL parser drops some of them without a word, and takes a backslash for a slash.
  if (/[\s\p{C}\\]/u.test(text)) return 'must have no spaces, control characters or backslashes';
  if (!/^https?:\/\/[^/]/i.test(text)) return 'must begin with https:// (or http://) and a host';
  if (text.includes('?') || text.includes('#')) return 'must have neither a query (?) nor a fragment (#)';
  if (readUrl(text) === null) return 'must be a URL: its host or its port cannot be read';
  return null;
}

function findMistakeOfShape({ username, password, hostname, pathname, href }: URL): string | null {
  if (username !== '' || password !== '') return 'must hold neither a user name nor a password';
  if (hostname === '' || hostname.length > LONGEST_NAME || hostname.split('.').includes(''))
    return 'must name a host';
  if (OWN_PATHS.test(pathname))
    return 'must end before /chat/completions and /models: they are appended to it';
  return href.length > LONGEST ? `must have at most ${LONGEST} characters, written out` : null;
}

/** A loop, not a pattern that begins anew at each slash. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

/** Which addresses of their own users may name: CUSTOM_ENDPOINTS. */
export type EndpointMode = 'off' | 'public' | 'any';

/** Names that lead to this machine, whatever DNS says of them (RFC 6761 section 6.3). */
const isLocalName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

/** What the operator lets users name. */
export class EndpointPolicy {
  constructor(readonly mode: EndpointMode) {}

  /** Why an address is not one of those, as far as its text shows: a sentence's end. Null: it is. */
  refusalOf(address: EndpointAddress): string | null {
    if (this.mode === 'off') return 'is not possible: this server takes no endpoints (CUSTOM_ENDPOINTS)';
    if (this.mode === 'any') return null;
    if (!address.isSecure) return 'must be an https:// address on this server';
    if (address.hasPort) return 'must have no port: this server calls port 443 only';
    const { literal } = address;
    const isPublic = literal ? this.allows(literal) : !isLocalName(address.hostname);
    return isPublic ? null : 'must lead to the public internet on this server';
  }

  /** Whether a connection may be opened to what a name has led to. */
  allows(address: IpAddress): boolean {
    return this.mode === 'any' || (this.mode === 'public' && isPublicAddress(address));
  }
}
