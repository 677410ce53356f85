import type { EndpointAddress } from './endpoint-address.js';
import type { KeySource } from './key-source.enum.js';
import type { Secret } from './secret.js';

/** A key of a provider, a user's own or the server's. It goes to the address that the operator's settings have for it. */
export interface ProviderKey<Id extends string = string> {
  readonly provider: Id;
  readonly source: KeySource;
  readonly secret: Secret;
  readonly endpoint: null;
}

/** A user's key for an endpoint of their own. It goes to the address that came out of its record together with it. */
export interface EndpointKey<Id extends string = string> {
  readonly provider: Id;
  readonly source: 'USER';
  readonly secret: Secret;
  readonly endpoint: EndpointAddress;
}

/**
 * A key in the clear, and the only way that it may go. What sends requests takes this and nothing less.
 *
 * Invariant, which the compiler keeps: a key of the server has no address that a user named, and no key's secret is handed on
 * apart from its address.
 */
export type OpenedKey<Id extends string = string> = ProviderKey<Id> | EndpointKey<Id>;
