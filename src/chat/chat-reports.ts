import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { KeyUseService } from '../keys/key-use.service.js';
import { logEnd } from '../keys/log-end.js';
import type { ChatEnding, ChatReport } from './chat-run.js';
import { finishedChat } from './finished-chat.js';

/** How often ends are tried again that could not be written, in milliseconds, and how often in all. */
const RETRY_INTERVAL_MS = 2_000;
const MAX_ATTEMPTS = 300;
/** Of so many the trail learns later; of more, the log alone. */
const MAX_LATE = 10_000;

/** Writes down how chats ended. A chat's end that is written twice is there once. */
@Injectable()
export class ChatReports implements BeforeApplicationShutdown {
  readonly #logger = new Logger(ChatReports.name);
  readonly #late = new Set<LateReport>();
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;

  constructor(private readonly uses: KeyUseService) {}

  /** What is late has one more chance. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.writeLate();
  }

  /** Never throws: the answer has been paid for and goes to its owner all the same. */
  async write(userId: string, chatId: string, report: ChatReport): Promise<void> {
    const { attempt, ending, unexpected, usage, timings } = report;
    const use = finishedChat(chatId, attempt, {
      outcome: outcomeOf(ending),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      timeToFirstTokenMs: timings.timeToFirstTokenMs,
      durationMs: timings.totalMs,
    });
    if (unexpected !== undefined) {
      this.#logger.error({ err: unexpected, chatId }, 'A chat failed for a reason of our own');
    }
    try {
      if (await this.uses.finish(userId, use)) logEnd(userId, use);
    } catch (error) {
      logEnd(userId, use);
      // The log keeps what the trail could not; the trail gets it when the database is well again.
      this.#logger.error(
        { err: error, userId, use },
        'The end of a chat could not be written to the audit trail. It is tried again',
      );
      this.keep({ userId, use, attempts: 0 });
    }
  }

  private keep(late: LateReport): void {
    if (this.#late.size >= MAX_LATE) return;
    this.#late.add(late);
    this.#timer ??= setInterval(() => void this.writeLate(), RETRY_INTERVAL_MS).unref();
  }

  /** One after the other: a database that is not well yet gets one question, not all of them. */
  private async writeLate(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (const late of this.#late) {
      if (!(await this.isWritten(late))) break;
      this.#late.delete(late);
    }
    this.#isWriting = false;
    if (this.#late.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @returns also for what is given up */
  private async isWritten(late: LateReport): Promise<boolean> {
    late.attempts += 1;
    try {
      await this.uses.finish(late.userId, late.use);
      this.#logger.log(
        { chatId: late.use.chatId },
        'The end of a chat was written to the audit trail at last',
      );
      return true;
    } catch {
      return late.attempts >= MAX_ATTEMPTS;
    }
  }
}

interface LateReport {
  readonly userId: string;
  readonly use: ReturnType<typeof finishedChat>;
  attempts: number;
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
