import type { EndpointAddress } from '../../common/endpoint-address.js';
import type { KeyMask } from '../../common/key-mask.js';
import type { OpenedKey } from '../../common/opened-key.js';
import type { KeyCheck, KeyChecker } from '../../outbound/key-check.js';
import type { ChatAdapter, KeyedChatAdapter } from './contract.js';
import type { ListedModel } from './listed-model.js';
import type { ModelLister } from './model-lister.js';

/** All that is asked of a provider. */
export type ProviderAdapter = ChatAdapter & KeyChecker & ModelLister;

/** Makes the adapter of one address. */
export type EndpointAdapterMaker = (address: EndpointAddress) => ProviderAdapter;

/** A way for one key. */
export interface KeyWay extends KeyedChatAdapter {
  /** @throws as {@link KeyChecker.check} */
  check(signal: AbortSignal): Promise<KeyCheck>;
  /** @throws as {@link ModelLister.list} */
  list(mask: KeyMask, signal: AbortSignal): Promise<readonly ListedModel[]>;
}

/**
 * The adapters of the registry's chat providers, made once at start with the operator's settings; for a user's own address
 * one is made when it is called.
 *
 * Invariant: a key leaves here only by the adapter of its own address. It comes together with that, and no caller has it
 * sent by an adapter of its choice. A provider is in one of the two maps, so there is no way from a key without an
 * address to a user's, nor from one that has an address to the operator's.
 */
export class ChatAdapters {
  readonly #adapters: ReadonlyMap<string, ProviderAdapter>;
  readonly #makers: ReadonlyMap<string, EndpointAdapterMaker>;

  constructor(
    adapters: ReadonlyMap<string, ProviderAdapter>,
    makers: ReadonlyMap<string, EndpointAdapterMaker>,
  ) {
    this.#adapters = adapters;
    this.#makers = makers;
  }

  for(key: OpenedKey): KeyWay {
    const adapter = this.#adapterOf(key);
    return {
      stream: (request, signal, onParts) => adapter.stream(request, key.secret, signal, onParts),
      check: (signal) => adapter.check(key.secret, signal),
      list: (mask, signal) => adapter.list(key.secret, mask, signal),
    };
  }

  #adapterOf({ provider, endpoint }: OpenedKey): ProviderAdapter {
    const adapter = endpoint === null ? this.#adapters.get(provider) : this.#makers.get(provider)?.(endpoint);
    if (!adapter)
      throw new Error(
        `There is no chat adapter for ${provider}${endpoint === null ? '' : ' at an address'}.`,
      );
    return adapter;
  }
}
