import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import type { Messages } from '../../language/en';
import type { Key, Place } from './places';
import type { Candidate } from './use-resolution';

type Named = Pick<Place, 'endpoint'> & { readonly provider: { readonly displayName: string } };

/** What a place is called in a sentence. */
export function usePlaceName(): (place: Named) => string {
  const t = useTranslations('keys');
  return useCallback(
    ({ provider, endpoint }: Named) =>
      endpoint === null ? provider.displayName : t('endpoint', { name: endpoint.name }),
    [t],
  );
}

/** Health in words. A server that is newer than this page may name one that has none here. */
export function useHealthWord(): (health: Key['health']) => string {
  const t = useTranslations('keys');
  return useCallback((health) => (t.has(`health.${health}`) ? t(`health.${health}`) : health), [t]);
}

export interface Words {
  readonly text: string;
  /** Where these are the server's own. */
  readonly lang?: 'en';
}

type SharedReason = `reasons.USER.${keyof Messages['keys']['reasons']['USER']}`;

/** Why a candidate came to what it did. Where the outcome leaves open why, the server's words say it. */
export function useReason(): (candidate: Candidate, name: string) => Words {
  const t = useTranslations('keys');
  return useCallback(
    ({ source, outcome, reason }, provider) => {
      const key = `reasons.${source}.${outcome}` as SharedReason;
      return t.has(key) ? { text: t(key, { provider }) } : { text: reason, lang: 'en' };
    },
    [t],
  );
}
