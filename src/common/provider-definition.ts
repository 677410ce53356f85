export type ProviderKind = 'CHAT' | 'SEARCH';

/** An environment variable and the value that serves where it is unset. */
export interface VariableWithDefault {
  readonly variable: string;
  readonly default: string;
  /** An address only: the API's version path (`/v1`), which operators often write and which is dropped at its end. */
  readonly acceptedSuffix?: string;
}

/** The operator's variables for a provider. */
export interface OperatorVariables {
  /** The variable with the server's own key. */
  readonly apiKey: string;
  /** The service's addresses, without the API's version path. Most have just `api`. */
  readonly endpoints: { readonly api: VariableWithDefault } & Readonly<Record<string, VariableWithDefault>>;
  /** Chat providers only: the model of a chat that names none. */
  readonly defaultModel?: VariableWithDefault;
}

/** Of a provider whose address the operator's settings have. The server may have a key for it. */
export interface Operated {
  readonly environment: OperatorVariables;
}

/** Of a provider whose keys come each with an address of its own. The server has no key for it. */
export interface Addressed {
  readonly environment: null;
}

/** All that the code must know about a provider before it calls it; adapters add how to call it. */
export interface ProviderDefinition<Id extends string = string> {
  /** The GraphQL enum value, and what is stored in the database. */
  readonly id: Id;
  readonly kind: ProviderKind;
  readonly displayName: string;
  /** Shown in the API's documentation, on the enum value. */
  readonly description: string;
  /** See {@link Operated} and {@link Addressed}. */
  readonly environment: OperatorVariables | null;
  readonly keyPrefixes: {
    /** Prefixes that say what kind of key it is and nothing about the key: shown in its masked form. */
    readonly public: readonly string[];
    /** Prefixes that no other provider's keys carry: such a key stored for another provider is a mistake. */
    readonly unmistakable: readonly string[];
  };
}

export function isOperated<Definition extends ProviderDefinition>(
  definition: Definition,
): definition is Definition & Operated {
  return definition.environment !== null;
}

/** What an adapter is made with: the operator's settings for its provider, validated at boot. */
export interface ProviderSettings {
  /** By the names in the definition's `environment.endpoints`, without a trailing slash. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Milliseconds until the response's first byte. */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds between two bytes of a response. */
  readonly idleTimeoutMs: number;
}
