import type { ChatCompletedEvent, ChatEvent } from '../../chat/run/chat-event.js';
import { completionIdOf, createdAt, finishReasonOf, toOpenAICall, toOpenAIUsage } from './openai-values.js';

/** An event of a stream that a client reads: one line of JSON. */
export const toServerSentEvent = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

/**
 * Writes a chat's events as chunks of its answer, in their order.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class ChunkWriter {
  #model = '';
  #hasBegun = false;
  #isComplete = false;
  #transcript: string | null = null;

  constructor(private readonly includesUsage: boolean) {}

  /** Whether the answer was written to its end. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** @returns the chunks of an event; nothing for one that no client of OpenAI's hears of, and for a chat's failure */
  write(event: ChatEvent): string {
    switch (event.__typename) {
      case 'ChatStarted':
      case 'ProviderSwitched':
        this.#model = event.model;
        return '';
      case 'TextDelta':
        return this.#delta(event, { content: event.text });
      case 'ReasoningDelta':
        return this.#delta(event, { reasoning_content: event.text });
      case 'ToolCallsRequested':
        this.#transcript = event.transcript;
        return this.#delta(event, {
          tool_calls: event.calls.map((call, index) => ({ index, ...toOpenAICall(call) })),
        });
      case 'ChatCompleted':
        return this.#end(event);
      case 'SearchStarted':
      case 'SearchFinished':
      case 'ChatFailed':
      case 'ChatCancelled':
        return '';
    }
  }

  #end(event: ChatCompletedEvent): string {
    this.#isComplete = true;
    const last = this.#transcript === null ? {} : { keystream_transcript: this.#transcript };
    const chunks = this.#delta(event, last, finishReasonOf(event.finishReason));
    if (!this.includesUsage || !event.usage) return chunks;
    return chunks + this.#chunk(event, [], toOpenAIUsage(event.usage));
  }

  #delta(event: ChatEvent, delta: object, finishReason: string | null = null): string {
    const chunk = this.#chunk(event, [toChoice(delta, finishReason)]);
    if (this.#hasBegun) return chunk;
    this.#hasBegun = true;
    const first = toChoice({ role: 'assistant', content: '', refusal: null }, null);
    return this.#chunk(event, [first]) + chunk;
  }

  #chunk({ chatId }: ChatEvent, choices: readonly object[], usage: object | null = null): string {
    return toServerSentEvent({
      id: completionIdOf(chatId),
      object: 'chat.completion.chunk',
      created: createdAt(chatId),
      model: this.#model,
      system_fingerprint: null,
      choices,
      ...(this.includesUsage && { usage }),
    });
  }
}

const toChoice = (delta: object, finishReason: string | null): object => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason: finishReason,
});
