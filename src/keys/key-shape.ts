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
