import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import type { NewAuditEvent } from '../audit/audit.repository.js';
import { AuditService } from '../audit/audit.service.js';
import { type Connection, decodeCursor, type PageArgs, toConnection } from '../common/pagination.js';
import { Secret } from '../common/secret.js';
import { Vault } from '../crypto/vault.js';
import { Limits } from '../limits/limits.service.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { getProviderEntry } from '../providers/registry/provider-ids.js';
import { registry } from '../providers/registry/registry.js';
import type { ApiKey } from './api-key.model.js';
import {
  checkKeyBelongsTo,
  checkNameIsNoKey,
  checkNameIsNotMasked,
  checkNameIsNotOf,
  maskKey,
} from './key-shape.js';
import { KeyTurns } from './key-turns.js';
import type { StoreApiKeyInput, UpdateApiKeyInput } from './keys.inputs.js';
import { KeyNotFoundError } from './keys.errors.js';
import { type EndedKey, KeysRepository, type NewKey, type StoredKey } from './keys.repository.js';
import { toApiKey } from './to-api-key.js';

const registryOrder = new Map<string, number>(registry.map(({ id }, index) => [id, index]));

/**
 * Storing, changing and deleting keys.
 *
 * Invariants: at most one key is ACTIVE or DISABLED per user and provider. A key that was replaced or deleted has no
 * ciphertext. A change and its audit event are one transaction.
 */
@Injectable()
export class KeysService {
  constructor(
    private readonly database: DatabaseService,
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
    private readonly audit: AuditService,
    private readonly turns: KeyTurns,
    private readonly limits: Limits,
  ) {}

  /**
   * @throws RateLimitedError RATE_LIMITED
   * @throws BadUserInputError BAD_USER_INPUT for a key that is unmistakably another provider's, and a name that has a
   *   key in it
   * @throws KeyBusyError CONFLICT
   */
  async store(
    userId: string,
    input: StoreApiKeyInput,
  ): Promise<{ apiKey: ApiKey; replacedKeyId: string | null }> {
    await this.limits.countKeyChange(userId);
    const definition = getProviderEntry(input.provider);
    checkKeyBelongsTo(input.apiKey, definition);
    checkNameIsNoKey(input.name);
    checkNameIsNotOf(input.apiKey, definition, input.name);
    const key = this.seal(userId, input, maskKey(input.apiKey, definition));
    return this.change(userId, key.provider, async (transaction) => {
      const replaced = await this.keys.end(
        userId,
        { provider: key.provider },
        { replacedById: key.id },
        transaction,
      );
      const stored = await this.keys.insert(userId, key, transaction);
      const events = [
        ...(replaced ? [toEvent('KEY_REPLACED', replaced)] : []),
        toEvent('KEY_STORED', stored),
      ];
      await this.audit.append(userId, events, transaction);
      return { apiKey: toApiKey(stored, this.vault), replacedKeyId: replaced?.id ?? null };
    });
  }

  /**
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's, of a provider that this version knows
   * @throws BadUserInputError BAD_USER_INPUT for a name that has a key in it
   * @throws KeyBusyError CONFLICT
   */
  async update(userId: string, { keyId, name, enabled }: UpdateApiKeyInput): Promise<ApiKey> {
    await this.limits.countKeyChange(userId);
    checkNameIsNoKey(name);
    const changes = {
      ...(name !== undefined && { name }),
      ...(typeof enabled === 'boolean' && {
        status: enabled ? ('ACTIVE' as const) : ('DISABLED' as const),
      }),
    };
    return this.changeLive(userId, keyId, async (transaction) => {
      const key = await this.keys.findLiveById(userId, keyId, transaction);
      if (!key) throw new KeyNotFoundError();
      checkNameIsNotMasked(key.maskedKey, name);
      const updated = await this.keys.update(userId, keyId, changes, transaction);
      await this.audit.append(
        userId,
        [toEvent('KEY_UPDATED', updated, describeChanges(changes))],
        transaction,
      );
      return toApiKey(updated, this.vault);
    });
  }

  /**
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's; the provider may be unknown here
   * @throws KeyBusyError CONFLICT
   */
  async delete(userId: string, keyId: string): Promise<string> {
    await this.limits.countKeyChange(userId);
    return this.changeLive(userId, keyId, async (transaction) => {
      const deleted = await this.keys.end(userId, { id: keyId }, 'DELETED', transaction);
      if (!deleted) throw new KeyNotFoundError();
      await this.audit.append(userId, [toEvent('KEY_DELETED', deleted)], transaction);
      return deleted.id;
    });
  }

  /** The keys that are ACTIVE or DISABLED, in the registry's order. */
  async list(userId: string): Promise<ApiKey[]> {
    const keys = await this.keys.findLive(userId);
    const position = (key: StoredKey) => registryOrder.get(key.provider) ?? registryOrder.size;
    return keys.sort((a, b) => position(a) - position(b)).map((key) => toApiKey(key, this.vault));
  }

  async listHistory(userId: string, page: PageArgs): Promise<Connection<ApiKey>> {
    const rows = await this.keys.listHistory(userId, page.first + 1, decodeCursor(page.after));
    return toConnection(rows, page, (row) => toApiKey(row, this.vault));
  }

  async find(userId: string, id: string): Promise<ApiKey | null> {
    const key = isUuid(id) ? await this.keys.findById(userId, id) : null;
    return key && toApiKey(key, this.vault);
  }

  private seal(userId: string, { provider, apiKey, name }: StoreApiKeyInput, maskedKey: string): NewKey {
    const id = uuidv7();
    const secret = Secret.fromText(apiKey);
    try {
      const envelope = this.vault.seal(secret, { purpose: 'api-key', userId, provider, keyId: id });
      return {
        id,
        provider,
        name: name ?? null,
        maskedKey,
        envelope,
        encryptionKeyId: this.vault.currentKeyId,
      };
    } finally {
      secret.destroy();
    }
  }

  /**
   * Finds whose turn it is to wait for; `change` has to look again, for another change may have ended the key
   * meanwhile.
   */
  private async changeLive<Result>(
    userId: string,
    keyId: string,
    change: (transaction: DatabaseClient) => Promise<Result>,
  ): Promise<Result> {
    const key = isUuid(keyId) ? await this.keys.findLiveProvider(userId, keyId) : null;
    if (!key) throw new KeyNotFoundError();
    return this.change(userId, key.provider, change);
  }

  /** One transaction, alone with this user's key of this provider: on this server, then on all of them. */
  private change<Result>(
    userId: string,
    provider: string,
    change: (transaction: DatabaseClient) => Promise<Result>,
  ): Promise<Result> {
    return this.turns.take(userId, provider, () =>
      this.database.transaction(async (transaction) => {
        await this.keys.lockProvider(userId, provider, transaction);
        return change(transaction);
      }),
    );
  }
}

function toEvent(
  kind: 'KEY_STORED' | 'KEY_REPLACED' | 'KEY_UPDATED' | 'KEY_DELETED',
  { id, provider, maskedKey }: EndedKey,
  detail: string = maskedKey,
): NewAuditEvent {
  return { kind, provider, keyId: id, outcome: 'OK', keySource: 'USER', detail };
}

function describeChanges(changes: { name?: string | null; status?: 'ACTIVE' | 'DISABLED' }): string {
  const words = [
    ...('name' in changes ? [changes.name === null ? 'name removed' : 'name changed'] : []),
    ...(changes.status ? [changes.status === 'ACTIVE' ? 'enabled' : 'disabled'] : []),
  ];
  return words.join(', ') || 'nothing changed';
}
