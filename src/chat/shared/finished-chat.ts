import { describeError } from '../../common/describe-error.js';
import type { KeyUseService } from '../../keys/key-use.service.js';
import type { ChatEvent, ChatFailedEvent, ChatTimings, TerminalEvent } from '../run/chat-event.js';
import type { ChatAttempt } from '../run/chat-source.js';
import { RunLostError } from '../run/chat.errors.js';

type FinishedUse = Parameters<KeyUseService['finish']>[1];

/**
 * The end of a chat, as the audit trail has it: in the name of the attempt that ended it.
 *
 * @param timings null where they went with the chat's server
 */
export function finishedChat(
  { provider, keyId, keySource, model }: ChatAttempt,
  end: TerminalEvent,
  timings: ChatTimings | null,
): FinishedUse {
  return {
    kind: 'CHAT_FINISHED',
    provider,
    keyId,
    keySource,
    chatId: end.chatId,
    model,
    outcome: outcomeOf(end),
    inputTokens: end.usage?.inputTokens ?? null,
    outputTokens: end.usage?.outputTokens ?? null,
    cachedInputTokens: end.usage?.cachedInputTokens ?? null,
    // In Redis there may be the end of a chat from before it was counted.
    cacheWriteInputTokens: end.usage?.cacheWriteInputTokens ?? null,
    cost: end.usage?.cost?.amount ?? null,
    timeToFirstTokenMs: timings?.timeToFirstTokenMs ?? null,
    durationMs: timings?.totalMs ?? null,
  };
}

/** The end of a chat whose server is dead: the only one that a server gives a chat of another. */
export function lostEnd(chatId: string, seq: number): ChatFailedEvent {
  return { __typename: 'ChatFailed', chatId, seq, error: describeError(new RunLostError()), usage: null };
}

/** Whether it may be a {@link lostEnd}. */
export function isLost(event: ChatEvent | undefined): boolean {
  return event?.__typename === 'ChatFailed' && event.error.code === new RunLostError().code;
}

function outcomeOf(end: TerminalEvent): string {
  switch (end.__typename) {
    case 'ChatCompleted':
      return 'OK';
    case 'ChatFailed':
      return end.error.code;
    case 'ChatCancelled':
      return 'CANCELLED';
  }
}
