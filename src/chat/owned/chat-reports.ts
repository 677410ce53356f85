import { Injectable, Logger } from '@nestjs/common';
import { KeyUseService } from '../../keys/key-use.service.js';
import type { ChatEnding, ChatReport } from '../run/chat-run.js';
import { finishedChat } from '../shared/finished-chat.js';

/** Writes down how chats ended. */
@Injectable()
export class ChatReports {
  readonly #logger = new Logger(ChatReports.name);

  constructor(private readonly uses: KeyUseService) {}

  /** Resolves when it is written down, or when the database has had its time. Never throws. */
  async write(userId: string, chatId: string, report: ChatReport): Promise<void> {
    const { attempt, ending, unexpected, usage, timings } = report;
    if (unexpected !== undefined) {
      this.#logger.error({ err: unexpected, chatId }, 'A chat failed for a reason of our own');
    }
    const end = {
      outcome: outcomeOf(ending),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      timeToFirstTokenMs: timings.timeToFirstTokenMs,
      durationMs: timings.totalMs,
    };
    await this.uses.report(userId, finishedChat(chatId, attempt, end));
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
