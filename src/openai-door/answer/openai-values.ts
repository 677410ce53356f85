import { parse as parseUuid } from 'uuid';
import type { ClientCall } from '../../chat/run/chat-source.js';
import type { FinishReason, TokenUsage } from '../../providers/chat/contract.js';

/** What of a chat the wire format has no word for ends as whole as it can. */
const finishReasons: Readonly<Record<FinishReason | 'TOOL_CALLS', string>> = {
  STOP: 'stop',
  LENGTH: 'length',
  CONTENT_FILTER: 'content_filter',
  TOOL_CALLS: 'tool_calls',
  TOOL_LIMIT: 'stop',
  OTHER: 'stop',
};

export const finishReasonOf = (reason: keyof typeof finishReasons): string => finishReasons[reason];

export const completionIdOf = (chatId: string): string => `chatcmpl-${chatId}`;

/** When a chat began, in seconds: its id says so (RFC 9562, section 5.7), and is the same however often it is watched. */
export function createdAt(chatId: string): number {
  const milliseconds = parseUuid(chatId)
    .subarray(0, 6)
    .reduce((value, byte) => value * 256 + byte, 0);
  return Math.floor(milliseconds / 1_000);
}

/** A call as the wire format has it. */
export interface OpenAICall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Its arguments are a text: of JSON, or what the model wrote in its place. */
export const toOpenAICall = ({ id, name, arguments: input }: ClientCall): OpenAICall => ({
  id,
  type: 'function',
  function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
});

/** Where the provider does not say a number, it is left out. */
export function toOpenAIUsage({
  inputTokens,
  outputTokens,
  cachedInputTokens,
  reasoningTokens,
}: Pick<TokenUsage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'reasoningTokens'>): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens !== null && { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens !== null && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
