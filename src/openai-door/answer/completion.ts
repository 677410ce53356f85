import type { ChatAnswer } from '../../chat/schema/chat-answer.model.js';
import { completionIdOf, createdAt, finishReasonOf, toOpenAICall, toOpenAIUsage } from './openai-values.js';

/** A whole answer: https://platform.openai.com/docs/api-reference/chat/object */
export function toCompletion({ chatId, model, finishReason, usage, ...said }: ChatAnswer): object {
  return {
    id: completionIdOf(chatId),
    object: 'chat.completion',
    created: createdAt(chatId),
    model,
    system_fingerprint: null,
    choices: [
      { index: 0, message: toMessage(said), logprobs: null, finish_reason: finishReasonOf(finishReason) },
    ],
    ...(usage && { usage: toOpenAIUsage(usage) }),
  };
}

/** With what of the answer the wire format has no field for, by names that its clients keep and send back. */
function toMessage({
  text,
  reasoning,
  toolCalls,
  transcript,
}: Pick<ChatAnswer, 'text' | 'reasoning' | 'toolCalls' | 'transcript'>): object {
  const hasCalls = toolCalls.length > 0;
  return {
    role: 'assistant',
    content: hasCalls && text === '' ? null : text,
    refusal: null,
    ...(reasoning !== null && { reasoning_content: reasoning }),
    ...(hasCalls && { tool_calls: toolCalls.map(toOpenAICall) }),
    ...(transcript !== null && { keystream_transcript: transcript }),
  };
}
