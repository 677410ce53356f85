import { ACCESS_TOKEN_PREFIX } from '../common/access-token.js';
import { registry } from '../providers/registry/registry.js';

/** How the keys of all providers begin, and access tokens, as far as that says nothing about a key. Each prefix once. */
export const keyPrefixes: readonly string[] = [
  ...new Set([...registry.flatMap((provider) => provider.keyPrefixes.public), ACCESS_TOKEN_PREFIX]),
];
