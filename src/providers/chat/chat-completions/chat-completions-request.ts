import type { ChatRequest, ChatTurn } from '../contract.js';
import type { AdditionName } from '../refused-addition.error.js';
import { instructionsIn, toTextMessages } from '../text-messages.js';
import { toFilePart, toPart } from './chat-completions-parts.js';
import type { ChatCompletionsTraits } from './chat-completions.js';
import { withCacheMarks } from './cache-marks.js';
import { toMessages, toToolOptions } from './chat-completions-tools.js';

/** https://platform.openai.com/docs/api-reference/chat/create */
export function toBody(
  traits: ChatCompletionsTraits,
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): Readonly<Record<string, unknown>> {
  const { model, temperature, maxOutputTokens, reasoningEffort, tools, responseSchema } = request;
  const format = responseSchema && traits.toResponseFormat(model);
  const messages = responseSchema
    ? instructed(request, format?.toInstruction?.(responseSchema))
    : request.messages;
  const ordered = traits.takesInstructionsFirst ? instructionsFirst(messages) : messages;
  // Texts not as parts: many servers take a text only.
  const toPdf = traits.toPdf ?? toFilePart;
  const turns = toTextMessages(
    ordered,
    (step) => toMessages(step, traits.sayAgain),
    (part) => toPart(part, toPdf),
  );
  const isMarked = request.promptCache === 'AUTO' && traits.wantsCacheMarks?.test(model);
  return {
    model,
    messages: isMarked ? withCacheMarks(turns) : turns,
    stream: true,
    ...(traits.hasStreamOptions &&
      !without.has('reportedUsage') && { stream_options: { include_usage: true } }),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { [traits.maxTokensField]: maxOutputTokens }),
    ...traits.toReasoning(model, reasoningEffort, without),
    ...(tools && toToolOptions(tools)),
    ...(responseSchema && format?.toFields(responseSchema)),
  };
}

function instructionsFirst(turns: readonly ChatTurn[]): ChatTurn[] {
  return [...instructionsIn(turns), ...turns.filter(({ role }) => role !== 'SYSTEM')];
}

function instructed({ messages }: ChatRequest, instruction: string | undefined): readonly ChatTurn[] {
  return instruction === undefined ? messages : [{ role: 'SYSTEM', content: instruction }, ...messages];
}
