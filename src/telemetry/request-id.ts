import { randomUUID } from 'node:crypto';
import { keyPrefixes } from './key-prefixes.js';

/** What a client may call its request: shown in logs and errors, so that both sides can find it. */
const REQUEST_ID = /^[\w-]{8,64}$/;

/** Random, and no key: a name may stand before the first two. */
const knownForms = [
  // UUID (RFC 9562)
  /^(?:[a-z]{1,16}[-_])?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
  // ULID
  /^(?:[a-z]{1,16}[-_])?[0-7][\dA-HJKMNP-TV-Z]{25}$/,
  // a trace id, and a whole traceparent (W3C Trace Context)
  /^[\da-f]{32}$/i,
  /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/,
  // AWS X-Ray
  /^1-[\da-f]{8}-[\da-f]{24}$/,
];

/** Other makers of ids need up to so many random characters (KSUID, cuid, nanoid); keys have more. */
const MOST_RANDOM = 27;

/** A word of more characters than this is none of a language. */
const LONGEST_WORD = 20;

/** What repeats fewer different characters is a placeholder. */
const FEWEST_DIFFERENT = 8;

/** Shorter prefixes stand within words as well (`task-`). */
const SHORT_PREFIX = 3;

/**
 * The id of a request: the one that its client proposes (`x-request-id`), or our own where that is none.
 *
 * It is logged and sent back, so one that looks like a key, or like any other secret, is replaced as well: it has the
 * prefix of a provider's keys, or more random characters than an id needs and none of the forms that ids have.
 */
export function chooseRequestId(proposed: unknown): string {
  const isId = typeof proposed === 'string' && REQUEST_ID.test(proposed) && !looksLikeKey(proposed);
  return isId ? proposed : randomUUID();
}

function looksLikeKey(id: string): boolean {
  if (keyPrefixes.some((prefix) => hasPrefix(id, prefix))) return true;
  if (knownForms.some((form) => form.test(id))) return false;
  const random = id.split(/[-_]/).filter(isRandom).join('');
  return random.length > MOST_RANDOM && new Set(random).size >= FEWEST_DIFFERENT;
}

function hasPrefix(id: string, prefix: string): boolean {
  if (prefix.length > SHORT_PREFIX) return id.includes(prefix);
  return id.startsWith(prefix) || id.includes(`-${prefix}`) || id.includes(`_${prefix}`);
}

/** Neither a number nor a word in one of its usual spellings. */
function isRandom(word: string): boolean {
  return word.length > LONGEST_WORD || !/^(?:\d+|[A-Z]?[a-z]*|[A-Z]+)$/.test(word);
}
