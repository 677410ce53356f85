import { InvalidValueError } from './variable.js';
import { readUrl } from '../common/read-url.js';

/** What the URL of a service with a user and a password may look like. */
export interface UrlForm {
  /** `postgresql:`, and what else means the same. */
  readonly schemes: readonly string[];
  /** Said where the beginning is wrong. */
  readonly mistake: string;
  /** Addresses of the same service that are written in another way, and what to write instead. */
  readonly foreign: readonly (readonly [pattern: RegExp, advice: string])[];
}

/**
 * Parses a URL in which an operator wrote a password by hand. The WHATWG parser alone would take some mistakes for a host
 * or a path, drop spaces without a word, and leave a `%` that begins nothing to the code that decodes the password.
 *
 * @throws InvalidValueError that names the mistake and never the value
 */
export function parseServiceUrl(text: string, form: UrlForm): URL {
  const mistake = findMistake(text, form);
  if (mistake !== null) throw new InvalidValueError(mistake);
  return new URL(text);
}

function findMistake(text: string, { schemes, mistake, foreign }: UrlForm): string | null {
  if (/^["'`]|["'`]$/.test(text)) return 'must stand without quotes around it';
  if (/^[A-Za-z_]\w*=/.test(text)) return `${mistake}, without a name and = before it`;
  if (/[^\x21-\x7e]/.test(text)) {
    return 'must not contain spaces, line breaks or letters beyond ASCII (in a password, write %20 for a space)';
  }
  const advice = foreign.find(([pattern]) => pattern.test(text))?.[1];
  if (advice !== undefined) return advice;
  if (!schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}//`))) return mistake;
  if (text.includes('#')) return 'must not contain # (in a password, write %23)';
  if (!isDecodable(text)) {
    return 'contains a % that begins no percent-encoding in UTF-8 (in a password, write %25 for %)';
  }
  const [, authority = '', rest = ''] = /^[^/]*\/\/([^/?]*)(.*)$/.exec(text) ?? [];
  if (/^[^?]*@/.test(rest) || (rest.includes('@') && !authority.includes('@'))) {
    return 'must not contain / or ? in the user name or password (write %2F, %3F), nor @ in what follows the host (write %40)';
  }
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(',')) {
    return 'must name one host, one that follows the primary (docs/operations.md, Failover)';
  }
  return readUrl(text) ? null : `${mistake}; its host or its port cannot be read`;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
