import { Injectable, Logger } from '@nestjs/common';
import { KeyUseService } from '../keys/key-use.service.js';
import type { ChatEnding, ChatReport } from './chat-run.js';

/** Writes down how chats ended. */
@Injectable()
export class ChatReports {
  readonly #logger = new Logger(ChatReports.name);

  constructor(private readonly uses: KeyUseService) {}

  /** Never throws: the answer has been paid for and goes to its owner all the same. */
  async write(userId: string, chatId: string, report: ChatReport): Promise<void> {
    const { attempt, ending, usage, timings } = report;
    const { provider, keyId, keySource, model } = attempt;
    const use = {
      kind: 'CHAT_FINISHED',
      provider,
      keyId,
      keySource,
      chatId,
      model,
      outcome: outcomeOf(ending),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      timeToFirstTokenMs: timings.timeToFirstTokenMs,
      durationMs: timings.totalMs,
    } as const;
    if (ending.type === 'failed' && ending.description.code === 'INTERNAL_SERVER_ERROR') {
      this.#logger.error({ err: ending.error, chatId }, 'A chat failed for a reason of our own');
    }
    try {
      await this.uses.finish(userId, use);
    } catch (error) {
      // The log keeps what the trail could not.
      this.#logger.error(
        { err: error, userId, use },
        'The end of a chat could not be written to the audit trail',
      );
    }
  }
}

function outcomeOf(ending: ChatEnding): string {
  switch (ending.type) {
    case 'completed':
      return 'OK';
    case 'failed':
      return ending.description.code;
    case 'cancelled':
      return 'CANCELLED';
  }
}
