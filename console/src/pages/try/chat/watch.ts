import { print } from 'graphql';
import { ChatDocument, ResumeChatDocument } from '../../../generated/try';
import { remember } from '../../../server/last-operation';
import { RefusedError } from '../../../server/server-error';
import type { ChatConnection, ChatEvent, ChatPlace } from './chat-events';

/** One subscription: a new chat, or what comes after the last number. */
export async function* watch(
  place: ChatPlace,
  { client, signal }: ChatConnection,
): AsyncGenerator<ChatEvent> {
  const { document, variables } = subscriptionFor(place);
  remember(document, shown(variables));
  const results = client.iterate<Record<string, ChatEvent>>({ query: print(document), variables });
  const stop = (): void => {
    void results.return?.();
    // What is still connecting would go on until it has connected.
    client.terminate();
  };
  signal.addEventListener('abort', stop);
  try {
    for await (const { data, errors } of results) {
      if (errors) throw new RefusedError(errors);
      const event = Object.values(data ?? {})[0];
      if (event) yield event;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Without the request's id: with it, what a person sends would join this chat, or be refused. */
function shown({ input, ...others }: ReturnType<typeof subscriptionFor>['variables']) {
  return input ? { input: { ...input, requestId: undefined } } : others;
}

function subscriptionFor({ chatId, seq, input }: ChatPlace) {
  return chatId === null
    ? { document: ChatDocument, variables: { input } }
    : { document: ResumeChatDocument, variables: { chatId, afterSeq: seq } };
}
