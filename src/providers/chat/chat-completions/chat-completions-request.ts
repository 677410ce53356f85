import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ChatMessage, ChatRequest } from '../contract.js';
import { neighboursIn } from '../neighbours.js';
import type { AdditionName } from '../refused-addition.error.js';
import type { ChatCompletionsTraits } from './chat-completions.js';
import { toMessages, toToolOptions } from './chat-completions-tools.js';

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;

/** https://platform.openai.com/docs/api-reference/chat/create */
export function toBody(
  traits: ChatCompletionsTraits,
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): Readonly<Record<string, unknown>> {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools } = request;
  const ordered = traits.takesInstructionsFirst ? instructionsFirst(messages) : messages;
  return {
    model,
    messages: [
      ...neighboursIn(ordered).map((group): ChatCompletionMessageParam => ({
        role: roles[group[0].role],
        // Not as parts: many servers take a text only.
        content: group.map(({ content }) => content).join('\n\n'),
      })),
      ...(tools?.steps ?? []).flatMap(toMessages),
    ],
    stream: true,
    ...(traits.hasStreamOptions &&
      !without.has('reportedUsage') && { stream_options: { include_usage: true } }),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { [traits.maxTokensField]: maxOutputTokens }),
    ...traits.toReasoning(model, reasoningEffort, without),
    ...(tools && toToolOptions(tools)),
  };
}

function instructionsFirst(messages: readonly ChatMessage[]): ChatMessage[] {
  const isInstruction = ({ role }: ChatMessage): boolean => role === 'SYSTEM';
  return [...messages.filter(isInstruction), ...messages.filter((message) => !isInstruction(message))];
}
