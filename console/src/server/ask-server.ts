import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { RefusedError } from './server-error';

/**
 * One request outside the session's client: with a token that is tried.
 *
 * @throws the server's error, which `failureOf` reads, or what the way there threw
 */
export async function askServer<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token: string,
): Promise<Result> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Result; errors?: unknown[] };
  if (errors || !data) throw new RefusedError(errors ?? []);
  return data;
}
