import { registry } from '../registry/registry.js';

const prefixes = [...new Set(registry.flatMap(({ keyPrefixes }) => keyPrefixes.public))];
const escaped = prefixes.map((prefix) => prefix.replace(/[^\w]/g, '\\$&'));
const looksLikeAKey = new RegExp(`(?:${escaped.join('|')})[\\w-]{6,}`, 'g');

/**
 * Takes out what looks like a key. A second line of defence: no key should come near a text that is logged.
 */
export function redactKeys(text: string): string {
  return prefixes.length === 0 ? text : text.replace(looksLikeAKey, '[redacted]');
}
