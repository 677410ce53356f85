/** Where the page of keys shows a key, or else what took its place: at its provider's card, or at its endpoint's. */
export function keyLink(provider: string | null, keyId: string): string {
  if (provider === null) return '/keys';
  return provider === 'CUSTOM' ? `/keys#${keyId}` : `/keys#key-${provider}`;
}
