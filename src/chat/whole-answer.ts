import { CancelledChatError, FailedChatError, LongAnswerError, MAX_WHOLE_LENGTH } from './run/chat.errors.js';
import type { ChatEvent, TerminalEvent, ToolCallsRequestedEvent } from './run/chat-event.js';
import type { ChatAttempt } from './run/chat-source.js';
import type { ChatAnswer } from './schema/chat-answer.model.js';

/**
 * The whole answer of a chat, from its first event on.
 *
 * @returns null where its events end without a terminal one: who watches has left
 * @throws FailedChatError with the chat's own code; CancelledChatError CONFLICT; LongAnswerError PROVIDER_TRUNCATED; what
 *   its events throw
 */
export async function wholeAnswerOf(events: AsyncIterable<ChatEvent>): Promise<ChatAnswer | null> {
  const answer = new WholeAnswer();
  for await (const event of events) answer.add(event);
  return answer.end();
}

class WholeAnswer {
  #attempt: ChatAttempt | null = null;
  #terminal: TerminalEvent | null = null;
  #called: ToolCallsRequestedEvent | null = null;
  #text = '';
  #reasoning = '';

  add(event: ChatEvent): void {
    switch (event.__typename) {
      case 'ChatStarted':
      case 'ProviderSwitched':
        this.#attempt = event;
        break;
      case 'TextDelta':
        this.#text += event.text;
        break;
      case 'ReasoningDelta':
        this.#reasoning += event.text;
        break;
      case 'ChatCompleted':
      case 'ChatFailed':
      case 'ChatCancelled':
        this.#terminal = event;
        break;
      case 'ToolCallsRequested':
        this.#called = event;
        break;
      case 'SearchStarted':
      case 'SearchFinished':
    }
    if (this.#text.length + this.#reasoning.length > MAX_WHOLE_LENGTH)
      throw new LongAnswerError(event.chatId);
  }

  end(): ChatAnswer | null {
    const [attempt, terminal] = [this.#attempt, this.#terminal];
    if (attempt === null || terminal === null) return null;
    const { chatId } = terminal;
    if (terminal.__typename === 'ChatFailed') throw new FailedChatError(terminal.error, chatId);
    if (terminal.__typename === 'ChatCancelled') throw new CancelledChatError(chatId);
    const { provider, model, keySource } = attempt;
    const { finishReason, usage, schemaValid, timings } = terminal;
    const reasoning = this.#reasoning || null;
    const said = { text: this.#text, reasoning, toolCalls: this.#called?.calls ?? [] };
    const transcript = this.#called?.transcript ?? null;
    const ended = { finishReason, usage, schemaValid, timings };
    return { chatId, provider, model, keySource, ...said, transcript, ...ended };
  }
}
