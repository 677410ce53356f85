import type { KeyPartsFragment, KeysQuery, ResolutionQueryVariables } from '../../generated/keys';

export type Key = KeyPartsFragment;
export type ProviderInfo = KeysQuery['providers'][number];

/** Where a key can be: at most one for each provider, and for each name of an endpoint. */
export interface Place {
  /** Of its card on the page. */
  readonly id: string;
  readonly provider: ProviderInfo;
  readonly endpoint: { readonly name: string; readonly baseUrl: string } | null;
  readonly key: Key | null;
}

export interface Places {
  readonly chat: readonly Place[];
  readonly search: readonly Place[];
  readonly endpoints: readonly Place[];
  /** What endpoints are stored with; null where the server knows no such thing. */
  readonly custom: ProviderInfo | null;
}

/** In the order of the providers, in which they are tried; endpoints by their names. */
export function placesOf({ providers, apiKeys }: Pick<KeysQuery, 'providers' | 'apiKeys'>): Places {
  const placeOf = (provider: ProviderInfo): Place => ({
    id: `key-${provider.provider}`,
    provider,
    endpoint: null,
    key: apiKeys.find((key) => key.provider === provider.provider) ?? null,
  });
  const custom = providers.find(({ provider }) => provider === 'CUSTOM') ?? null;
  const others = providers.filter((provider) => provider !== custom);
  const ofKind = (kind: ProviderInfo['kind']): Place[] =>
    others.filter((provider) => provider.kind === kind).map(placeOf);
  return {
    chat: ofKind('CHAT'),
    search: ofKind('SEARCH'),
    endpoints: custom === null ? [] : endpointsOf(custom, apiKeys),
    custom,
  };
}

const endpointsOf = (provider: ProviderInfo, keys: readonly Key[]): Place[] =>
  keys
    .flatMap((key) =>
      key.endpoint === null
        ? []
        : [{ id: endpointId(key.endpoint.name), provider, endpoint: key.endpoint, key }],
    )
    .sort((a, b) => a.endpoint.name.localeCompare(b.endpoint.name));

/** An id has no spaces. */
export const endpointId = (name: string): string => `key-CUSTOM-${encodeURIComponent(name)}`;

/**
 * The question whose answer is what a request for this place would use. An endpoint serves only where a model is named: a
 * pattern of the allowed ones is a name that it allows, and without such every name is.
 */
export function questionOf({ provider: { provider }, endpoint, key }: Place): ResolutionQueryVariables {
  if (endpoint === null) return { provider };
  return { provider, endpoint: endpoint.name, model: key?.allowedModels?.[0] ?? 'any' };
}

/** The place of this id, as it is now; undefined: it is no longer there. */
export const placeWith = (id: string, { chat, search, endpoints }: Places): Place | undefined =>
  [...chat, ...search, ...endpoints].find((place) => place.id === id);

/** The place that a link names, by its own id or its key's; undefined: there is none. */
export const placeNamed = (name: string, { chat, search, endpoints }: Places): Place | undefined =>
  [...chat, ...search, ...endpoints].find(({ id, key }) => id === name || key?.id === name);

/** Of those that serve requests in which no provider is named. */
export const providerOf = (
  id: ProviderInfo['provider'],
  { chat, search }: Places,
): ProviderInfo | undefined =>
  [...chat, ...search].find(({ provider }) => provider.provider === id)?.provider;
