import type { KeyChecker } from '../../outbound/key-check.js';
import type { ChatAdapter } from './contract.js';

/** The adapters of the registry's chat providers, made once at start with the operator's settings. */
export class ChatAdapters {
  readonly #adapters: ReadonlyMap<string, ChatAdapter & KeyChecker>;

  constructor(adapters: ReadonlyMap<string, ChatAdapter & KeyChecker>) {
    this.#adapters = adapters;
  }

  get(providerId: string): ChatAdapter & KeyChecker {
    const adapter = this.#adapters.get(providerId);
    if (!adapter) throw new Error(`There is no chat adapter for ${providerId}.`);
    return adapter;
  }
}
