import { Injectable, Logger } from '@nestjs/common';
import type { NewAuditEvent } from '../audit/audit.repository.js';
import type { FinishedUse } from '../audit/finished-use.js';
import { type KeyChange, newUseRecord, type UseRecord } from '../audit/writer/use-record.js';
import { UseWriter } from '../audit/writer/use-writer.js';
import type { ErrorCode } from '../common/error-code.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import type { KeyHealth } from './api-key.model.js';
import { digestOf } from './key-fault.js';
import { KeyBusyError } from './keys.errors.js';
import type { ResolvableKey } from './keys.repository.js';
import { logEnd } from './log-end.js';

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

const healthAfter: Partial<Record<string, HealthVerdict>> = {
  OK: { health: 'VALID', reason: null },
  KEY_REJECTED: { health: 'REJECTED', reason: 'The provider refused it.' },
  KEY_EXHAUSTED: { health: 'EXHAUSTED', reason: 'Its quota or credit with the provider is spent.' },
} satisfies Partial<Record<ErrorCode | 'OK', HealthVerdict>>;

interface HealthVerdict {
  readonly health: KeyHealth;
  readonly reason: string | null;
}

/** Keeps the account of what keys are used for: audit trail, usage, last use and health, each use's together. */
@Injectable()
export class KeyUseService {
  readonly #logger = new Logger(KeyUseService.name);

  constructor(private readonly writer: UseWriter) {}

  /**
   * Called before a provider is. A key whose use cannot be written down is not used; neither is one that was
   * replaced, deleted or disabled after it was looked up, and no such use is written down.
   *
   * @param failed what this use takes the place of; its account is kept by {@link recordFailure}
   * @throws KeyBusyError CONFLICT where the key is no longer ACTIVE
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async begin(userId: string, use: KeyUse, failed: FailedUse | null = null): Promise<void> {
    const { provider, source, keyId, chatId, model } = use;
    const detail = failed && reasonAfter(failed);
    const event = {
      kind: 'KEY_USED',
      provider,
      keyId,
      keySource: source,
      chatId,
      model,
      outcome: 'OK',
      detail,
    } as const;
    await this.writeUse(userId, event, keyId === null ? null : { keyId, type: 'USED' });
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
    { id: keyId, provider }: ResolvableKey,
    damagedEnvelope: string | null,
    { failed, chatId }: { readonly failed: FailedUse | null; readonly chatId: string | null },
  ): Promise<void> {
    const detail = failed && reasonAfter(failed);
    const event = {
      kind: 'KEY_USED',
      provider,
      keyId,
      keySource: 'USER',
      chatId,
      outcome: 'KEY_UNREADABLE',
      detail,
    } as const;
    const digest = damagedEnvelope && digestOf({ userId, provider, id: keyId }, damagedEnvelope);
    await this.writeUse(userId, event, digest === null ? null : { keyId, type: 'DAMAGED', digest });
  }

  /**
   * Called when a use has failed and another one is about to take its place: the chat goes on, and what was learned of
   * the key is not lost with it.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordFailure(userId: string, { keyId, code }: FailedUse): Promise<void> {
    const key = checkedBy(keyId, code);
    if (key) await this.writer.write(newUseRecord(userId, { event: null, key }));
  }

  /**
   * Called when the chat or search has ended. The second end of a chat changes nothing.
   *
   * @returns whether it was the first: then it is for {@link logEnd}
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async finish(userId: string, use: FinishedUse): Promise<boolean> {
    return (await this.writer.write(endOf(userId, use))) === 'WRITTEN';
  }

  /**
   * The same for a caller that goes on whether or not it can be written: the answer is paid for, and its owner gets it
   * anyway. The log has the end in any case, and the trail gets it when the database is back. Never throws.
   *
   * @param requestId of a search that stands for itself
   */
  async report(userId: string, use: FinishedUse, requestId: string | null = null): Promise<void> {
    try {
      const outcome = await this.writer.writeInTheEnd(endOf(userId, use));
      if (outcome === 'WRITTEN') logEnd(userId, use, requestId);
    } catch (error) {
      logEnd(userId, use, requestId);
      const what = use.kind === 'CHAT_FINISHED' ? 'chat' : 'search';
      this.#logger.error(
        { err: error, userId, use },
        `The end of a ${what} could not be written to the audit trail. It is tried again`,
      );
    }
  }

  private async writeUse(userId: string, event: NewAuditEvent, key: KeyChange | null): Promise<void> {
    const outcome = await this.writer.write(newUseRecord(userId, { event, key }));
    if (outcome === 'KEY_GONE') throw new KeyBusyError();
  }
}

const endOf = (userId: string, use: FinishedUse): UseRecord =>
  newUseRecord(userId, { event: use, key: checkedBy(use.keyId, use.outcome) });

/** What the outcome of its use says about a key; null where it says nothing. */
function checkedBy(keyId: string | null, outcome: string): KeyChange | null {
  const verdict = healthAfter[outcome];
  return keyId !== null && verdict ? { keyId, type: 'CHECKED', ...verdict } : null;
}

/** Why a provider's turn came, in our own words. */
const reasonAfter = ({ provider, code }: FailedUse): string => `failover from ${provider}: ${code}`;
