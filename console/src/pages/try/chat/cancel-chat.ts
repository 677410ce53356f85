import type { ApolloClient } from '@apollo/client';
import { CancelChatDocument } from '../../../generated/try';
import { type Failure, failureOf, UNREACHABLE } from '../../../server/server-error';
import { online, waitBefore } from '../../../server/online';
import { currentSession } from '../../../session/session';

/** A network that is gone without a word answers nothing, and a person who stops does not wait for it. */
const ANSWERED_WITHIN_MS = 4_000;

/** @returns why the server did not stop the chat; null: it did */
export async function cancelChat(apollo: ApolloClient, chatId: string): Promise<Failure | null> {
  const context = { fetchOptions: { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) } };
  try {
    await apollo.mutate({ mutation: CancelChatDocument, variables: { chatId }, context });
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

/** Stops a chat as soon as the server can be reached: until then the answer goes on, and is paid for. */
export async function cancelWhenReachable(apollo: ApolloClient, chatId: string): Promise<void> {
  let isReached = false;
  for (let attempts = 0; !isReached && currentSession() !== null; attempts += 1) {
    await online(waitBefore(attempts));
    isReached = (await cancelChat(apollo, chatId))?.code !== UNREACHABLE;
  }
}
