import { Args, Context, Int, Mutation, Resolver, Subscription } from '@nestjs/graphql';
import { ID } from '../common/id.scalar.js';
import { NeedsScope, requireAccess } from '../auth/access.decorator.js';
import { requireUser } from '../auth/current-user.decorator.js';
import type { RequestContext } from '../auth/request-context.js';
import { BadUserInputError } from '../common/input-errors.js';
import type { ChatEvent as ChatEventValue } from './run/chat-event.js';
import { ChatAnswer } from './schema/chat-answer.model.js';
import { CancelChatPayload, ChatEvent } from './schema/chat-event.model.js';
import { ChatInput } from './schema/chat.inputs.js';
import type { ChatWatch } from './run/chat-watch.js';
import { ChatService } from './chat.service.js';
import type { Subscriber } from './owned/subscriber.js';

@Resolver()
export class ChatResolver {
  constructor(private readonly chats: ChatService) {}

  @Subscription(() => ChatEvent, {
    description:
      "Asks a model and streams its answer, with the caller's key or, where the caller has none, the server's. Unsubscribing stops the provider at once; a client whose connection is lost may come back for a while, with resumeChat or the same requestId.",
    resolve: (event: ChatEventValue) => event,
  })
  @NeedsScope('CHAT')
  chat(
    @Context() context: RequestContext,
    @Args('input', { description: 'The conversation, and how to answer it.' }) input: ChatInput,
  ): Promise<ChatWatch> {
    return this.chats.start(toAsker(context, input), input);
  }

  @Subscription(() => ChatEvent, {
    description:
      'Watches a chat that was started before, while it goes on and for a time after its end: what came after `afterSeq`, once each and in order, then what comes. Completes at once where nothing is left to come. Unsubscribing stops the chat, as it does for `chat`.',
    resolve: (event: ChatEventValue) => event,
  })
  @NeedsScope('CHAT')
  resumeChat(
    @Context() context: RequestContext,
    @Args('chatId', { type: () => ID, description: "The chat's id, from any of its events." }) chatId: string,
    @Args('afterSeq', {
      type: () => Int,
      defaultValue: 0,
      description: 'The `seq` of the last event that the caller has; 0: none.',
    })
    afterSeq: number,
  ): Promise<ChatWatch> {
    if (afterSeq < 0) throw BadUserInputError.at('afterSeq', 'must be 0 or more');
    return this.chats.resume(toSubscriber(context), chatId, afterSeq);
  }

  @Mutation(() => ChatAnswer, {
    description:
      'Asks a model and waits for its whole answer, for clients that do not stream: with the same keys, limits and audit trail as `chat`. A failure is an error with its code, and the `chatId` in its extensions. A client that leaves before it is answered stops the provider at once; one that sends the same `requestId` again joins the chat.',
  })
  @NeedsScope('CHAT')
  completeChat(
    @Context() context: RequestContext,
    @Args('input', { description: 'The conversation, and how to answer it.' }) input: ChatInput,
  ): Promise<ChatAnswer> {
    const asker = toAsker(context, input);
    const restoreTimeLimit = context.liftTimeLimit();
    return this.chats.complete(asker, input).finally(restoreTimeLimit);
  }

  @Mutation(() => CancelChatPayload, {
    description: "Stops one of the caller's chats, on any server. Its watchers get ChatCancelled.",
  })
  @NeedsScope('CHAT')
  async cancelChat(
    @Context() context: RequestContext,
    @Args('chatId', { type: () => ID, description: "The chat's id, from any of its events." }) chatId: string,
  ): Promise<CancelChatPayload> {
    return { chatId, cancelled: await this.chats.cancel(requireUser(context).userId, chatId) };
  }
}

function toSubscriber(context: RequestContext): Subscriber {
  const { signal: connection, connectionId, requestId, operationId } = context;
  const { userId, mayUseServerKeys, accessToken, network } = requireUser(context);
  const client = { connection, lost: connection, connectionId, requestId, operationId };
  return { userId, mayUseServerKeys, accessToken, network, ...client };
}

/** @throws ScopeMissingError FORBIDDEN for a chat that searches, with an access token that may not */
function toAsker(context: RequestContext, { webSearch }: ChatInput): Subscriber {
  if (webSearch) requireAccess(requireUser(context), 'SEARCH');
  return toSubscriber(context);
}
