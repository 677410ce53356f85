import type { ApolloClient, TypedDocumentNode } from '@apollo/client';
import {
  ChatResolutionsDocument,
  KeysDocument,
  ResolutionDocument,
  SearchResolutionsDocument,
} from '../../generated/keys';
import { unremembered } from '../../server/last-operation';

/** Apollo Client would join what is asked already: that may have been answered before a change. */
export const afresh = { ...unremembered, queryDeduplication: false } as const;

/** Asks for all that the page of keys shows. @returns what puts the answers on the page */
export async function askAgain(client: ApolloClient): Promise<{ readonly show: () => void }> {
  const [keys, chat, search] = await Promise.all([
    ask(client, KeysDocument),
    ask(client, ChatResolutionsDocument),
    ask(client, SearchResolutionsDocument),
    client.refetchQueries({
      include: [ResolutionDocument],
      onQueryUpdated: ({ variables }) => variables.endpoint !== undefined,
    }),
  ]);
  return {
    show: () => {
      for (const show of [keys, chat, search]) show();
    },
  };
}

async function ask<Data>(
  client: ApolloClient,
  query: TypedDocumentNode<Data, Record<string, never>>,
): Promise<() => void> {
  const { data } = await client.query({ query, fetchPolicy: 'no-cache', context: afresh });
  return () => {
    if (data) client.writeQuery({ query, data });
  };
}
