import { keyPrefixes } from './key-prefixes.js';

const withPrefix = keyPrefixes.map((prefix) => `${prefix.replace(/[^\w]/g, '\\$&')}[\\w-]{6,}`);
/** What keys without a prefix look like: Serper's. */
const hex = '\\b[\\da-fA-F]{40}\\b';
const looksLikeAKey = new RegExp([...withPrefix, hex].join('|'), 'g');

/**
 * Takes out what looks like a key. A second line of defence: no key should come near a text that is logged.
 */
export function redactKeys(text: string): string {
  return text.replace(looksLikeAKey, '[redacted]');
}
