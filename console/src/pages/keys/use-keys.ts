import { useApolloClient, useQuery } from '@apollo/client/react';
import { useWindowEvent } from '@mantine/hooks';
import { useCallback, useMemo, useRef, useState } from 'react';
import { ChatResolutionsDocument, KeysDocument, SearchResolutionsDocument } from '../../generated/keys';
import { askAgain } from './ask-again';
import { unremembered } from '../../server/last-operation';
import { type Places, placesOf } from './places';

interface Keys {
  /** Null until they are known. */
  readonly places: Places | null;
  /** Why they are not known, or not known to be what they are now; null: they are. */
  readonly failure: unknown;
  /**
   * Asks for all that the page shows: after a change, what a request would use may be another key. What was asked before
   * that may say what was there before, so only the newest answer counts.
   *
   * @returns whether the page shows what is there now
   */
  readonly refresh: () => Promise<boolean>;
}

export function useKeys(): Keys {
  const client = useApolloClient();
  const { data, error } = useQuery(KeysDocument);
  const chat = useQuery(ChatResolutionsDocument, { context: unremembered });
  const search = useQuery(SearchResolutionsDocument, { context: unremembered });
  // Where one failed, the cards ask for themselves.
  const isResolved = [chat, search].every(({ data, error }) => data !== undefined || error !== undefined);
  const [refreshFailure, setRefreshFailure] = useState<unknown>(null);

  const newest = useRef<Promise<boolean>>(null);
  const refresh = useCallback((): Promise<boolean> => {
    const run = async (): Promise<boolean> => {
      const answer = await askAgain(client).catch((failure: unknown) => ({ failure }));
      if (newest.current !== null && newest.current !== mine) return newest.current;
      setRefreshFailure('failure' in answer ? answer.failure : null);
      if ('show' in answer) answer.show();
      return 'show' in answer;
    };
    const mine = run();
    newest.current = mine;
    return mine;
  }, [client]);
  // Programs of the person use and change keys meanwhile.
  useWindowEvent('focus', () => void refresh());

  const places = useMemo(
    () => (data === undefined || !isResolved ? null : placesOf(data)),
    [data, isResolved],
  );
  return { places, failure: refreshFailure ?? (places === null ? (error ?? null) : null), refresh };
}
