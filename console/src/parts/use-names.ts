import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { KeyNamesDocument, type KeyNamesQuery, ProviderNamesDocument } from '../generated/names';
import { unremembered } from '../server/last-operation';

export type NamedKey = KeyNamesQuery['apiKeyHistory']['edges'][number]['node'];

export interface Names {
  /** What people call a provider; its id where the token may not ask. */
  readonly provider: (id: string | null) => string;
  /** A stored key in a few words; the end of its id where it is not known. */
  readonly key: (id: string) => string;
  /** The ids of all providers. */
  readonly providers: readonly string[];
  /** The keys that are known, the newest first. */
  readonly keys: readonly NamedKey[];
}

const options = { fetchPolicy: 'cache-and-network', context: unremembered } as const;

/** What things are called that figures and events have ids of. A token that may not read the keys gets on without. */
export function useNames(): Names {
  const t = useTranslations('figures');
  const providers = useQuery(ProviderNamesDocument, { ...options, fetchPolicy: 'cache-first' }).data
    ?.providers;
  const history = useQuery(KeyNamesDocument, options).data?.apiKeyHistory;
  return useMemo(() => {
    const names = new Map<string, string>(
      // The server has a brand's name for each but this one.
      providers?.map(({ provider, displayName }) => [
        provider,
        provider === 'CUSTOM' ? t('ownEndpoint') : displayName,
      ]),
    );
    const keys = history?.edges.map(({ node }) => node) ?? [];
    const words = new Map(keys.map((key) => [key.id, key.name ?? key.maskedKey]));
    return {
      provider: (id) => (id === null ? '' : (names.get(id) ?? id)),
      key: (id) => words.get(id) ?? t('unknownKey', { id: id.slice(-6) }),
      providers: [...names.keys()],
      keys,
    };
  }, [providers, history, t]);
}
