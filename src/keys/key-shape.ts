import type { ProviderDefinition } from '../common/provider-definition.js';
import { BadUserInputError } from '../common/input-errors.js';
import { registry } from '../registry/registry.js';

const SHOWN_AT_THE_END = 4;
/** Below this many characters after the prefix, showing any of them would tell too much. */
const SHORTEST_WITH_AN_END = 8;

/**
 * The provider's public prefix and the last characters: four at most, and never more than a quarter of what follows
 * the prefix.
 */
export function maskKey(key: string, { keyPrefixes }: ProviderDefinition): string {
  const prefix = keyPrefixes.public.find((candidate) => key.startsWith(candidate)) ?? '';
  const hidden = key.length - prefix.length;
  const shown = hidden < SHORTEST_WITH_AN_END ? 0 : Math.min(SHOWN_AT_THE_END, Math.floor(hidden / 4));
  return `${prefix}…${key.slice(key.length - shown)}`;
}

/**
 * Providers change the shape of their keys, so an unfamiliar one is accepted. Only a prefix that is unmistakably
 * another provider's shows that two keys were mixed up.
 *
 * @throws BadUserInputError BAD_USER_INPUT naming the provider whose key it looks like
 */
export function checkKeyBelongsTo(key: string, definition: ProviderDefinition): void {
  const owner = (registry as readonly ProviderDefinition[]).find(({ keyPrefixes }) =>
    keyPrefixes.unmistakable.some((prefix) => key.startsWith(prefix)),
  );
  if (owner && owner.id !== definition.id) {
    throw BadUserInputError.at(
      'input.apiKey',
      `looks like a key of ${owner.displayName}, not of ${definition.displayName}`,
    );
  }
}

/** Real keys are much longer than this behind their prefix, and no label has so many characters in one word. */
const KEY_LIKE = /^[\w-]{16}/;

/**
 * Names are stored and shown in the clear: a key that was typed into the wrong field must not become one.
 *
 * @param apiKey the key that the name is for, where it is at hand
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkNameIsNoKey(name: string | null | undefined, apiKey?: string): void {
  if (!name) return;
  const hasKey = apiKey !== undefined && name.includes(apiKey);
  if (hasKey || name.split(/[\s"'`=:,;]+/).some(looksLikeKey)) {
    throw BadUserInputError.at(
      'input.name',
      'must not have a key in it: names are stored and shown in the clear',
    );
  }
}

function looksLikeKey(word: string): boolean {
  return (registry as readonly ProviderDefinition[]).some(({ keyPrefixes }) =>
    keyPrefixes.unmistakable.some(
      (prefix) => word.startsWith(prefix) && KEY_LIKE.test(word.slice(prefix.length)),
    ),
  );
}
