import { Field, ObjectType } from '@nestjs/graphql';
import { ID } from '../../common/id.scalar.js';
import { KeySource } from '../../common/key-source.enum.js';
import type { FinishReason as FinishReasonId } from '../../providers/chat/contract.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';
import { ChatProvider } from '../../providers/registry/provider.enum.js';
import { MaxItems } from '../../common/list-size.js';
import { MAX_CALLS } from '../../providers/chat/tool-turn.js';
import { ChatTimings, FinishReason, TokenUsage, ToolCall } from './chat-event.model.js';

@ObjectType({ description: 'The whole answer of a chat: what the events of `chat` say, at once.' })
export class ChatAnswer {
  @Field(() => ID, { description: "The chat's id." })
  chatId!: string;

  @Field(() => ChatProvider, { description: 'The provider that answered.' })
  provider!: ChatProviderId;

  @Field({ description: 'The model that answered.' })
  model!: string;

  @Field(() => KeySource, { description: 'Whose key pays.' })
  keySource!: KeySource;

  @Field({
    description:
      "The answer. If the provider repeats the key that it was called with, the key is replaced by its masked form, or by `[key]` where it is the server's.",
  })
  text!: string;

  @Field(() => String, {
    nullable: true,
    description: "The model's reasoning; null where it shows none.",
  })
  reasoning!: string | null;

  @MaxItems(MAX_CALLS)
  @Field(() => [ToolCall], {
    description:
      "The calls of the caller's tools, as in `ToolCallsRequested`; none where the model made none.",
  })
  toolCalls!: readonly ToolCall[];

  @Field(() => String, {
    nullable: true,
    description: 'With calls: what goes into the `transcript` of the ASSISTANT message with them.',
  })
  transcript!: string | null;

  @Field(() => FinishReason, { description: 'Why it ended.' })
  finishReason!: FinishReasonId;

  @Field(() => TokenUsage, {
    nullable: true,
    description: 'The tokens used; null where the provider does not report them.',
  })
  usage!: TokenUsage | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'With `responseSchema`: whether the text is JSON that fits it. Null without one, where the model calls tools of the caller in place of an answer, and where the check took too long.',
  })
  schemaValid!: boolean | null;

  @Field(() => ChatTimings, { description: 'Where the time went.' })
  timings!: ChatTimings;
}
