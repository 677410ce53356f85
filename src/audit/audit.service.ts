import { Injectable } from '@nestjs/common';
import type { KeySource } from '../common/key-source.enum.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import type { ProviderId } from '../registry/provider-ids.js';
import { AuditRepository, type NewAuditEvent } from './audit.repository.js';
import { UsageRepository } from './usage.repository.js';

/** How a chat or a search ended: `OK`, `CANCELLED` or an error code. */
export interface FinishedUse {
  readonly kind: 'CHAT_FINISHED' | 'SEARCH_FINISHED';
  readonly provider: ProviderId;
  readonly keyId: string | null;
  readonly keySource: KeySource;
  readonly chatId: string | null;
  readonly model: string | null;
  readonly outcome: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly timeToFirstTokenMs: number | null;
  /** Null where nobody is left who measured it. */
  readonly durationMs: number | null;
}

/**
 * Writes the audit trail.
 *
 * Invariant: every method takes the transaction of the change that it reports, so that neither exists without the
 * other. The trail holds no prompt, no answer and no key.
 */
@Injectable()
export class AuditService {
  constructor(
    private readonly events: AuditRepository,
    private readonly usage: UsageRepository,
  ) {}

  async append(userId: string, events: readonly NewAuditEvent[], transaction: DatabaseClient): Promise<void> {
    await this.events.append(userId, events, transaction);
  }

  /**
   * Writes the end of a chat or search, and counts it in the roll-up of its hour. A chat ends once: of several who
   * tell of its end, the first counts.
   *
   * @returns whether it was the first
   */
  async finish(userId: string, use: FinishedUse, transaction: DatabaseClient): Promise<boolean> {
    if (!(await this.events.append(userId, [use], transaction))) return false;
    const isChat = use.kind === 'CHAT_FINISHED';
    await this.usage.add(
      userId,
      new Date(),
      {
        provider: use.provider,
        keySource: use.keySource,
        chats: isChat ? 1 : 0,
        searches: isChat ? 0 : 1,
        failures: use.outcome === 'OK' || use.outcome === 'CANCELLED' ? 0 : 1,
        inputTokens: use.inputTokens ?? 0,
        outputTokens: use.outputTokens ?? 0,
      },
      transaction,
    );
    return true;
  }
}
