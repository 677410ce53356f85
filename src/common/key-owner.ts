import type { ProviderDefinition } from './provider-definition.js';

/**
 * Says that a key is unmistakably another provider's. Providers change the shape of their keys, so an unfamiliar one
 * belongs where it is put.
 *
 * @returns null where it may be one of `definition`'s
 */
export function findOwnerMistake(
  key: string,
  definition: ProviderDefinition,
  definitions: readonly ProviderDefinition[],
): string | null {
  const owner = definitions.find(({ keyPrefixes }) =>
    keyPrefixes.unmistakable.some((prefix) => key.startsWith(prefix)),
  );
  if (!owner || owner.id === definition.id) return null;
  return `looks like a key of ${owner.displayName}, not of ${definition.displayName}`;
}
