import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { KeyHistoryDocument } from '../../generated/keys';
import type { Key } from './places';

const PAGE = 25;

interface KeyHistory {
  readonly keys: readonly Key[];
  /** Whether there are older ones, as far as that is known. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the next page could not be had; null: it could, or was not asked for. */
  readonly failure: unknown;
  readonly loadMore: () => void;
}

interface Pages {
  readonly keys: readonly Key[];
  readonly after: string | null;
  readonly hasMore: boolean;
}

const none: Pages = { keys: [], after: null, hasMore: true };

/** The keys that were ever stored, a page after the other, from the newest on. */
export function useKeyHistory(): KeyHistory {
  const client = useApolloClient();
  const [pages, setPages] = useState(none);
  const [isLoading, setLoading] = useState(true);
  const [failure, setFailure] = useState<unknown>(null);

  const load = useCallback(
    (before: Pages) =>
      pagesAfter(client, before)
        .then(setPages, setFailure)
        .finally(() => setLoading(false)),
    [client],
  );
  useEffect(() => {
    void load(none);
  }, [load]);

  const loadMore = (): void => {
    if (isLoading) return;
    setLoading(true);
    setFailure(null);
    void load(pages);
  };
  return { ...pages, isLoading, failure, loadMore };
}

/** The pages with one more. */
async function pagesAfter(client: ApolloClient, { keys, after }: Pages): Promise<Pages> {
  const variables = { first: PAGE, after };
  const { data } = await client.query({ query: KeyHistoryDocument, variables, fetchPolicy: 'no-cache' });
  if (!data) throw new Error('The server answered without data.');
  const { edges, pageInfo } = data.apiKeyHistory;
  return {
    keys: [...keys, ...edges.map(({ node }) => node)],
    after: pageInfo.endCursor,
    hasMore: pageInfo.hasNextPage,
  };
}
