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

/** The use of a key that failed, for which another provider's key is used in its place. */
export interface FailedUse {
  readonly provider: ProviderId;
  readonly source: KeySource;
  readonly keyId: string | null;
  readonly chatId: string;
  readonly code: ErrorCode;
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
   * @param failed what this use takes the place of; its account is kept by {@link recordFailure}
   * @throws KeyBusyError CONFLICT where the key is no longer ACTIVE
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async begin(userId: string, use: KeyUse, failed: FailedUse | null = null): Promise<void> {
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
        detail: failed && reasonAfter(failed),
      } as const;
      await this.audit.append(userId, [event], transaction);
      // Last, for it locks the key's row: others who use the key wait no longer than they must.
      if (keyId && !(await this.keys.recordUse(userId, keyId, transaction))) throw new KeyBusyError();
    });
  }

  /**
   * Called when the chat or search has ended. The second end of a chat changes nothing.
   *
   * @returns whether it was the first: then it is for {@link logEnd}
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async finish(userId: string, use: FinishedUse): Promise<boolean> {
    const health = healthAfter[use.outcome];
    return this.database.transaction(async (transaction) => {
      const isFirst = await this.audit.finish(userId, use, transaction);
      if (isFirst && use.keyId && health)
        await this.keys.recordHealth(userId, use.keyId, health, transaction);
      return isFirst;
    });
  }

  /**
   * Called when a use has failed and another one is about to take its place: the chat goes on, and what was learned of
   * the key is not lost with it.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordFailure(userId: string, { keyId, code }: FailedUse): Promise<void> {
    const health = healthAfter[code];
    if (!keyId || !health) return;
    await this.database.transaction((transaction) =>
      this.keys.recordHealth(userId, keyId, health, transaction),
    );
  }

  /**
   * A key that cannot be read. Its use ends here, before any provider is called.
   *
   * @param damagedEnvelope what did not open; null where that is not what is wrong with it
   * @param failed what the use was to take the place of
   * @param chatId the chat that has to go on, or end, without it
   * @throws KeyBusyError CONFLICT where what did not open is no longer the ACTIVE key
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordUnreadable(
    userId: string,
    { id, provider }: ResolvableKey,
    damagedEnvelope: string | null,
    { failed, chatId }: { readonly failed: FailedUse | null; readonly chatId: string | null },
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const event = {
        kind: 'KEY_USED',
        provider,
        keyId: id,
        keySource: 'USER',
        chatId,
        outcome: 'KEY_UNREADABLE',
        detail: failed && reasonAfter(failed),
      } as const;
      await this.audit.append(userId, [event], transaction);
      if (damagedEnvelope === null) return;
      if (!(await this.keys.recordDamage(userId, { id, provider }, damagedEnvelope, transaction)))
        throw new KeyBusyError();
    });
  }
}

/** Why a provider's turn came, in our own words. */
const reasonAfter = ({ provider, code }: FailedUse): string => `failover from ${provider}: ${code}`;
