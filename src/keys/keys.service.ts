import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { type Connection, decodeCursor, type PageArgs, toConnection } from '../common/pagination.js';
import { Secret } from '../common/secret.js';
import { Vault } from '../crypto/vault.js';
import { Limits } from '../limits/limits.service.js';
import { hasCode, UNIQUE_VIOLATION } from '../prisma/error-codes.js';
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
import { KeyBusyError, KeyNotFoundError } from './keys.errors.js';
import { type KeyChanges, KeysRepository, type NewKey, type StoredKey } from './keys.repository.js';
import { isLive, toApiKey } from './to-api-key.js';

/** How often other servers may store a key of the same user and provider between the parts of a change. */
const MOST_TRIES = 20;

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
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
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
    const { stored, replacedKeyId } = await this.turns.take(userId, key.provider, () =>
      this.insert(userId, key),
    );
    return { apiKey: toApiKey(stored, this.vault), replacedKeyId };
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
    const changes: KeyChanges = {
      ...(name !== undefined && { name }),
      ...(typeof enabled === 'boolean' && {
        status: enabled ? 'ACTIVE' : 'DISABLED',
      }),
    };
    const key = isUuid(keyId) ? await this.keys.findById(userId, keyId) : null;
    if (!key || !isLive(key)) throw new KeyNotFoundError();
    checkNameIsNotMasked(key.maskedKey, name);
    const updated = await this.turns.take(userId, key.provider, () =>
      this.keys.update(userId, keyId, changes, describeChanges(changes)),
    );
    if (!updated) throw new KeyNotFoundError();
    return toApiKey(updated, this.vault);
  }

  /**
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's; the provider may be unknown here
   * @throws KeyBusyError CONFLICT
   */
  async delete(userId: string, keyId: string): Promise<string> {
    await this.limits.countKeyChange(userId);
    const provider = isUuid(keyId) ? await this.keys.findLiveProvider(userId, keyId) : null;
    const deletedId =
      provider && (await this.turns.take(userId, provider, () => this.keys.delete(userId, keyId)));
    if (!deletedId) throw new KeyNotFoundError();
    return deletedId;
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

  /** Where another server stores one at the same moment, only one of the two can be the first: this one tries again. */
  private async insert(userId: string, key: NewKey): ReturnType<KeysRepository['store']> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        return await this.keys.store(userId, key);
      } catch (error) {
        if (!hasCode(error, UNIQUE_VIOLATION)) throw error;
      }
    }
    throw new KeyBusyError();
  }
}

function describeChanges(changes: KeyChanges): string {
  const words = [
    ...('name' in changes ? [changes.name === null ? 'name removed' : 'name changed'] : []),
    ...(changes.status ? [changes.status === 'ACTIVE' ? 'enabled' : 'disabled'] : []),
  ];
  return words.join(', ') || 'nothing changed';
}
