import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useAnnounce } from '../../parts/announce';
import { failureOf } from '../../server/server-error';
import { useKeysPage } from './keys-context';
import { type Place, questionOf } from './places';
import { blockOf, knownResolution, type Resolution } from './use-resolution';

/**
 * Brings the page up to date after a change, and says what has happened and what a request would use now.
 *
 * @returns what does it; `close` is called in between, so that the focus goes to what is there now
 */
export function useChange(): (place: Place, said: string, close?: () => void) => Promise<void> {
  const t = useTranslations('keys');
  const client = useApolloClient();
  const announce = useAnnounce();
  const { refresh, show } = useKeysPage();
  return useCallback(
    async (place, said, close) => {
      show(null);
      const isKnown = await refresh();
      close?.();
      const resolution = isKnown ? knownResolution(client, questionOf(place)) : null;
      announce(resolution === null ? said : `${said} ${t(thenOf(resolution))}`);
    },
    [t, client, announce, refresh, show],
  );
}

/** Does something with a stored key. Where that is not there any more, the page shows what is. */
export function useUnlessGone(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const { refresh } = useKeysPage();
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (failureOf(error).code === 'KEY_NOT_FOUND') void refresh();
      throw error;
    }
  };
}

function thenOf(resolution: Resolution): 'thenUser' | 'thenServer' | 'thenBlocked' | 'thenNone' {
  if (resolution.source !== null) return resolution.source === 'USER' ? 'thenUser' : 'thenServer';
  return blockOf(resolution) ? 'thenBlocked' : 'thenNone';
}
