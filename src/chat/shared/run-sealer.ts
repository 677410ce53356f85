import { Logger } from '@nestjs/common';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import type { Vault } from '../../crypto/vault.js';
import type { ChatEvent } from '../run/chat-event.js';
import type { ChatAttempt } from '../run/chat-source.js';
import { BrokenRunError } from './broken-run.error.js';

/** What is known of a run beside its events: enough to write its end down when its server is dead. */
export interface RunRecord {
  readonly userId: string;
  readonly chatId: string;
  readonly attempt: ChatAttempt;
  /** The name of the claim of its request id; null where it has none. */
  readonly claim: string | null;
}

/** Seals what of a chat is kept in Redis: each entry for its chat and its number alone. */
export class RunSealer {
  readonly #logger = new Logger(RunSealer.name);

  constructor(private readonly vault: Vault) {}

  /** @param events at least one, without a gap */
  sealEvents(userId: string, events: readonly ChatEvent[]): string {
    const last = events.at(-1);
    if (!last) throw new Error('There is nothing to seal.');
    const { chatId, seq } = last;
    return this.vault.sealText(JSON.stringify(events), { purpose: 'chat-log', userId, chatId, seq });
  }

  /** @throws BrokenRunError CHAT_NOT_FOUND for what does not open: nothing of it can be resumed */
  openEvents(userId: string, chatId: string, seq: number, envelope: string): ChatEvent[] {
    try {
      return JSON.parse(
        this.vault.openText(envelope, { purpose: 'chat-log', userId, chatId, seq }),
      ) as ChatEvent[];
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#logger.error({ chatId, seq }, 'Events of a chat in Redis do not open');
      throw new BrokenRunError();
    }
  }

  /** The record is bound to the run's key, which holds what its reader does not know yet: whose it is. */
  sealRecord(runKey: string, record: RunRecord): string {
    return this.vault.sealText(JSON.stringify(record), {
      purpose: 'chat-log',
      userId: runKey,
      chatId: record.chatId,
      seq: 0,
    });
  }

  /** @returns null for what does not open */
  openRecord(runKey: string, chatId: string, envelope: string): RunRecord | null {
    try {
      const text = this.vault.openText(envelope, { purpose: 'chat-log', userId: runKey, chatId, seq: 0 });
      return JSON.parse(text) as RunRecord;
    } catch (error) {
      if (error instanceof EnvelopeError) return null;
      throw error;
    }
  }
}
