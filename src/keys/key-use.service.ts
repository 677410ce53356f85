import { Injectable } from '@nestjs/common';
import { AuditService, type FinishedUse } from '../audit/audit.service.js';
import type { ErrorCode } from '../common/error-code.js';
import type { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { ProviderId } from '../registry/provider-ids.js';
import type { KeyHealth } from './api-key.model.js';
import { KeyBusyError } from './keys.errors.js';
import { KeysRepository, type ResolvableKey } from './keys.repository.js';

/** The use of one key by one chat or search. */
export interface KeyUse {
  readonly provider: ProviderId;
  readonly source: KeySource;
  readonly keyId: string | null;
  readonly chatId: string | null;
  readonly model: string | null;
}

const healthAfter: Partial<Record<string, { health: KeyHealth; healthReason: string | null }>> = {
  OK: { health: 'VALID', healthReason: null },
  KEY_REJECTED: { health: 'REJECTED', healthReason: 'The provider refused it.' },
  KEY_EXHAUSTED: { health: 'EXHAUSTED', healthReason: 'Its quota or credit with the provider is spent.' },
} satisfies Partial<Record<ErrorCode | 'OK', { health: KeyHealth; healthReason: string | null }>>;

/** Keeps the account of what keys are used for: audit trail, usage, last use and health, each in one transaction. */
@Injectable()
export class KeyUseService {
  constructor(
    private readonly database: DatabaseService,
    private readonly keys: KeysRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Called before a provider is. A key whose use cannot be written down is not used; neither is one that was
   * replaced, deleted or disabled after it was looked up, and of that use nothing is written down.
   *
   * @throws KeyBusyError CONFLICT where the key is no longer ACTIVE
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async begin(userId: string, use: KeyUse): Promise<void> {
    const { provider, source, keyId, chatId, model } = use;
    await this.database.transaction(async (transaction) => {
      const event = {
        kind: 'KEY_USED',
        provider,
        keyId,
        keySource: source,
        chatId,
        model,
        outcome: 'OK',
      } as const;
      await this.audit.append(userId, [event], transaction);
      // Last, for it locks the key's row: others who use the key wait no longer than they must.
      if (keyId && !(await this.keys.recordUse(userId, keyId, transaction))) throw new KeyBusyError();
    });
  }

  /** Called when the chat or search has ended. */
  async finish(userId: string, use: FinishedUse): Promise<void> {
    const health = healthAfter[use.outcome];
    await this.database.transaction(async (transaction) => {
      await this.audit.finish(userId, use, transaction);
      if (use.keyId && health) await this.keys.recordHealth(userId, use.keyId, health, transaction);
    });
  }

  /**
   * A key that cannot be read. Its use ends here, before any provider is called.
   *
   * @param damagedEnvelope what did not open; null where that is not what is wrong with it
   * @throws KeyBusyError CONFLICT where what did not open is no longer the ACTIVE key
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordUnreadable(
    userId: string,
    { id, provider }: ResolvableKey,
    damagedEnvelope: string | null,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const event = {
        kind: 'KEY_USED',
        provider,
        keyId: id,
        keySource: 'USER',
        outcome: 'KEY_UNREADABLE',
      } as const;
      await this.audit.append(userId, [event], transaction);
      if (damagedEnvelope === null) return;
      if (!(await this.keys.recordDamage(userId, { id, provider }, damagedEnvelope, transaction)))
        throw new KeyBusyError();
    });
  }
}
