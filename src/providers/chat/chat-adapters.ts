import type { EndpointAddress } from '../../common/endpoint-address.js';
import type { KeyChecker } from '../../outbound/key-check.js';
import type { ChatAdapter } from './contract.js';

export type EndpointAdapterMaker = (address: EndpointAddress) => ChatAdapter & KeyChecker;

/** Where a key goes: it came out of its record together with the address, or belongs to a provider that has one. */
export interface KeyDestination {
  readonly provider: string;
  /** Null for the key of a provider whose address the operator has set. */
  readonly endpoint: EndpointAddress | null;
}

/**
 * The adapters of the registry's chat providers, made once at start with the operator's settings; for a user's own address
 * one is made when it is called.
 *
 * Invariant: a provider is in one of the two maps. So there is no way from a key without an address to a user's, nor from
 * one that has an address to another.
 */
export class ChatAdapters {
  readonly #adapters: ReadonlyMap<string, ChatAdapter & KeyChecker>;

  readonly #makers: ReadonlyMap<string, EndpointAdapterMaker>;

  constructor(
    adapters: ReadonlyMap<string, ChatAdapter & KeyChecker>,
    makers: ReadonlyMap<string, EndpointAdapterMaker> = new Map(),
  ) {
    this.#adapters = adapters;
    this.#makers = makers;
  }

  for({ provider, endpoint }: KeyDestination): ChatAdapter & KeyChecker {
    const adapter = endpoint ? this.#makers.get(provider)?.(endpoint) : this.#adapters.get(provider);
    if (!adapter)
      throw new Error(`There is no chat adapter for ${provider}${endpoint ? ' at an address' : ''}.`);
    return adapter;
  }
}
