import { RefusedError } from '../server/server-error';

/** What stands in no token, and is not seen: it comes along from pages and documents. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]/g;
const QUOTES = /^["'`“”„‘’«»]+|["'`“”„‘’«»]+$/g;
/** What a header may hold (RFC 6750 section 2.1 allows less). */
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * A token as it was copied: without blanks, quotes and the scheme of a header around it.
 *
 * @throws RefusedError for what is none: no request could have it in its header
 */
export function readPasted(text: string): string {
  const bare = text.replace(INVISIBLE, '').trim().replace(QUOTES, '').trim();
  const token = bare.replace(/^bearer\s+/i, '');
  if (!PRINTABLE.test(token)) throw new RefusedError([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  return token;
}
