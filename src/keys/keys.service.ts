import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { AuditService } from '../audit/audit.service.js';
import { type Connection, decodeCursor, type PageArgs, toConnection } from '../common/pagination.js';
import { Secret } from '../common/secret.js';
import { Vault } from '../crypto/vault.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { getProviderEntry, type ProviderId } from '../registry/provider-ids.js';
import { registry } from '../registry/registry.js';
import type { ApiKey, KeyHealth } from './api-key.model.js';
import { checkKeyBelongsTo, maskKey } from './key-shape.js';
import type { StoreApiKeyInput, UpdateApiKeyInput } from './keys.inputs.js';
import { KeyNotFoundError } from './keys.errors.js';
import { KeysRepository, type NewKey, type StoredKey } from './keys.repository.js';

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
  ) {}

  /** @throws BadUserInputError BAD_USER_INPUT for a key that is unmistakably another provider's */
  async store(
    userId: string,
    input: StoreApiKeyInput,
  ): Promise<{ apiKey: ApiKey; replacedKeyId: string | null }> {
    const definition = getProviderEntry(input.provider);
    checkKeyBelongsTo(input.apiKey, definition);
    const key = this.seal(userId, input, maskKey(input.apiKey, definition));
    return this.database.transaction(async (transaction) => {
      await this.keys.lockProvider(userId, input.provider, transaction);
      const replacedKeyId = await this.endCurrent(userId, input.provider, key.id, transaction);
      const stored = await this.keys.insert(userId, key, transaction);
      await this.appendChange(userId, 'KEY_STORED', stored, transaction);
      return { apiKey: this.toModel(stored), replacedKeyId };
    });
  }

  /** @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's */
  async update(userId: string, { keyId, name, enabled }: UpdateApiKeyInput): Promise<ApiKey> {
    return this.changeLive(userId, keyId, async (key, transaction) => {
      const changes = {
        ...(name !== undefined && { name }),
        ...(typeof enabled === 'boolean' && {
          status: enabled ? ('ACTIVE' as const) : ('DISABLED' as const),
        }),
      };
      const updated = await this.keys.update(userId, key.id, changes, transaction);
      await this.appendChange(userId, 'KEY_UPDATED', updated, transaction, describeChanges(changes));
      return this.toModel(updated);
    });
  }

  /** @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's */
  async delete(userId: string, keyId: string): Promise<string> {
    return this.changeLive(userId, keyId, async (key, transaction) => {
      await this.keys.end(userId, key.id, { status: 'DELETED' }, transaction);
      await this.appendChange(userId, 'KEY_DELETED', key, transaction);
      return key.id;
    });
  }

  /** The keys that are ACTIVE or DISABLED, in the registry's order. */
  async list(userId: string): Promise<ApiKey[]> {
    const keys = await this.keys.findLive(userId);
    const position = (key: StoredKey) => registryOrder.get(key.provider) ?? registryOrder.size;
    return keys.sort((a, b) => position(a) - position(b)).map((key) => this.toModel(key));
  }

  async listHistory(userId: string, page: PageArgs): Promise<Connection<ApiKey>> {
    const rows = await this.keys.listHistory(userId, page.first + 1, decodeCursor(page.after));
    return toConnection(rows, page, (row) => this.toModel(row));
  }

  async find(userId: string, id: string): Promise<ApiKey | null> {
    const key = isUuid(id) ? await this.keys.findById(userId, id) : null;
    return key && this.toModel(key);
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

  private async endCurrent(
    userId: string,
    provider: ProviderId,
    replacedById: string,
    transaction: DatabaseClient,
  ): Promise<string | null> {
    const current = await this.keys.findLiveOf(userId, provider, transaction);
    if (!current) return null;
    await this.keys.end(userId, current.id, { status: 'REPLACED', replacedById }, transaction);
    await this.appendChange(userId, 'KEY_REPLACED', current, transaction);
    return current.id;
  }

  /** Finds a live key, waits for its turn, and looks again: another change may have ended it meanwhile. */
  private async changeLive<Result>(
    userId: string,
    keyId: string,
    change: (key: StoredKeyRow, transaction: DatabaseClient) => Promise<Result>,
  ): Promise<Result> {
    if (!isUuid(keyId)) throw new KeyNotFoundError();
    return this.database.transaction(async (transaction) => {
      const seen = await this.keys.findLiveById(userId, keyId, transaction);
      if (!seen) throw new KeyNotFoundError();
      await this.keys.lockProvider(userId, seen.provider as ProviderId, transaction);
      const key = await this.keys.findLiveById(userId, keyId, transaction);
      if (!key) throw new KeyNotFoundError();
      return change(key, transaction);
    });
  }

  private appendChange(
    userId: string,
    kind: 'KEY_STORED' | 'KEY_REPLACED' | 'KEY_UPDATED' | 'KEY_DELETED',
    key: { id: string; provider: string; maskedKey: string },
    transaction: DatabaseClient,
    detail: string = key.maskedKey,
  ): Promise<void> {
    const provider = key.provider as ProviderId;
    return this.audit.append(
      userId,
      { kind, provider, keyId: key.id, outcome: 'OK', keySource: 'USER', detail },
      transaction,
    );
  }

  private toModel(row: StoredKey): ApiKey {
    const unreadable = row.sealedKey !== null && !this.vault.hasKey(row.sealedKey.encryptionKeyId);
    return {
      id: row.id,
      provider: row.provider as ProviderId,
      name: row.name,
      maskedKey: row.maskedKey,
      status: row.status,
      health: unreadable ? 'UNREADABLE' : (row.health as KeyHealth),
      healthReason: unreadable
        ? 'It was sealed under an encryption key that this server does not have.'
        : row.healthReason,
      healthCheckedAt: row.healthCheckedAt,
      createdAt: row.createdAt,
      lastUsedAt: row.lastUsedAt,
    };
  }
}

type StoredKeyRow = Omit<StoredKey, 'sealedKey'>;

function describeChanges(changes: { name?: string | null; status?: 'ACTIVE' | 'DISABLED' }): string {
  const words = [
    ...('name' in changes ? [changes.name === null ? 'name removed' : 'name changed'] : []),
    ...(changes.status ? [changes.status === 'ACTIVE' ? 'enabled' : 'disabled'] : []),
  ];
  return words.join(', ') || 'nothing changed';
}
