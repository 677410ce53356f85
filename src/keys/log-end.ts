import { Logger } from '@nestjs/common';
import type { FinishedUse } from '../audit/finished-use.js';
import { useEnded, useRefused } from '../telemetry/signals/signals.js';

const logger = new Logger('Usage');

/** A chat or search that was refused before any key was used: nothing was spent, and no trail has it. */
export interface RefusedUse extends Pick<FinishedUse, 'chatId' | 'outcome' | 'durationMs'> {
  /** As the request named it; null where it named none. */
  readonly provider: FinishedUse['provider'] | null;
  /** As errors and other lines name the request; null for a search of a chat. */
  readonly requestId: string | null;
}

/**
 * The line for the end of a chat or search that used a key: one for each, on the server that learnt of the end first.
 *
 * @param requestId of a search that stands for itself; chats have their own id
 */
export function logEnd(userId: string, { kind, ...end }: FinishedUse, requestId: string | null = null): void {
  const { provider, keySource, outcome, inputTokens, outputTokens, timeToFirstTokenMs, durationMs } = end;
  useEnded.tell({
    use: kind === 'CHAT_FINISHED' ? 'chat' : 'search',
    ...{ provider, keySource, outcome, inputTokens, outputTokens, timeToFirstTokenMs, durationMs },
  });
  logger.log(
    { userId, ...(requestId !== null && { requestId }), ...end },
    kind === 'CHAT_FINISHED' ? 'chat ended' : 'search ended',
  );
}

/** The line for one that never began. What is over a limit has none: lines of that are bounded (limits.service.ts). */
export function logRefusal(what: 'chat' | 'search', userId: string, refusal: RefusedUse): void {
  useRefused.tell({ use: what, outcome: refusal.outcome });
  logger.log({ userId, ...refusal }, `${what} refused`);
}
