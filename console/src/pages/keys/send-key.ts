import type { ApolloClient } from '@apollo/client';
import { type StoreApiKeyInput, StoreKeyDocument, type StoreKeyMutation } from '../../generated/keys';

export type Stored = StoreKeyMutation['storeApiKey'];

/**
 * Takes the text out of a field for the one request that it is for. In the same turn the field is empty: no element and no
 * state of the page has it any more.
 */
export function takeKey(field: HTMLInputElement): string {
  const { value } = field;
  field.value = '';
  return value;
}

/**
 * Stores a key. Without the cache, in which a mutation's variables would stand for a moment as the name of its field; the
 * client keeps no list of its mutations (server/client.ts).
 */
export async function sendKey(client: ApolloClient, input: StoreApiKeyInput): Promise<Stored> {
  const { data } = await client.mutate({
    mutation: StoreKeyDocument,
    variables: { input },
    fetchPolicy: 'no-cache',
  });
  if (!data) throw new Error('The server answered without data.');
  return data.storeApiKey;
}
