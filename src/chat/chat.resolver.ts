import { Args, Resolver, Subscription } from '@nestjs/graphql';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import type { ChatEvent as ChatEventValue } from './chat-event.js';
import { ChatEvent } from './chat-event.model.js';
import { ChatInput } from './chat.inputs.js';
import type { ChatRun } from './chat-run.js';
import { ChatService } from './chat.service.js';

@Resolver()
export class ChatResolver {
  constructor(private readonly chats: ChatService) {}

  @Subscription(() => ChatEvent, {
    description:
      "Asks a model and streams its answer, with the caller's key or, where the caller has none, the server's. Leaving the subscription stops the provider at once.",
    resolve: (event: ChatEventValue) => event,
  })
  chat(
    @CurrentUser() user: AuthenticatedUser,
    @Args('input', { description: 'What to ask, and of whom.' }) input: ChatInput,
  ): Promise<ChatRun> {
    return this.chats.start(user.userId, input);
  }
}
