import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { type Connection, decodeCursor, type PageArgs, toConnection } from '../common/pagination.js';
import { EndpointPolicy } from '../common/endpoint-address.js';
import { Secret } from '../common/secret.js';
import { contextOfKey, type KeyEndpoint } from '../crypto/seal-context.js';
import { Vault } from '../crypto/vault.js';
import { Limits } from '../limits/limits.service.js';
import { getProviderEntry, isEndpointProvider } from '../providers/registry/provider-ids.js';
import { registry } from '../providers/registry/registry.js';
import type { ApiKey } from './api-key.model.js';
import {
  checkIsNoAccessToken,
  checkKeyBelongsTo,
  checkNameIsNoKey,
  checkNameIsNotMasked,
  checkNameIsNotOf,
  maskKey,
} from './key-shape.js';
import { KeyTurns } from './key-turns.js';
import { readEndpoint } from './check-endpoint.js';
import { checkIsAhead, checkLimits, limitsIn } from './check-limits.js';
import type { ProbeResult } from './key-prober.js';
import { type KeyChangeOrigin, KeyVerification } from './key-verification.service.js';
import type {
  StoreApiKeyInput,
  StoreApiKeyPayload,
  UpdateApiKeyInput,
  VerifyApiKeyPayload,
} from './keys.inputs.js';
import { KeyBusyError, KeyNotFoundError } from './keys.errors.js';
import { type KeyChanges, KeysRepository, type NewKey } from './keys.repository.js';
import type { StoredKey } from './stored-key.js';
import { isLive, toApiKey } from './to-api-key.js';

/** How often other servers may store a key of the same user and provider between the parts of a change. */
const MOST_TRIES = 20;

const registryOrder = new Map<string, number>(registry.map(({ id }, index) => [id, index]));

/**
 * Storing, changing and deleting keys.
 *
 * Invariants: at most one key is ACTIVE or DISABLED per user and provider, or per user and name of an endpoint. A key that
 * was replaced or deleted has no ciphertext. A change and its audit event are one transaction.
 */
@Injectable()
export class KeysService {
  constructor(
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
    private readonly turns: KeyTurns,
    private readonly limits: Limits,
    private readonly verification: KeyVerification,
    private readonly policy: EndpointPolicy,
  ) {}

  /**
   * @param origin its signal aborts when the client leaves: then a verification ends, and nothing is stored
   * @throws RateLimitedError RATE_LIMITED
   * @throws BadUserInputError BAD_USER_INPUT for a key that is unmistakably another provider's, a name or pattern that has
   *   a key in it, limits that mean nothing to the provider, and an endpoint that is missing, too much, one too many, or
   *   none that this server calls
   * @throws KeyNotStoredError KEY_REJECTED where it was to be verified and the provider rejects it
   * @throws KeyBusyError CONFLICT
   */
  async store(userId: string, input: StoreApiKeyInput, origin: KeyChangeOrigin): Promise<StoreApiKeyPayload> {
    await this.limits.countKeyChange(userId);
    const definition = getProviderEntry(input.provider);
    // An endpoint may be a gateway, which takes any key.
    checkIsNoAccessToken(input.apiKey);
    if (!isEndpointProvider(input.provider)) checkKeyBelongsTo(input.apiKey, definition);
    checkNameIsNoKey(input.name);
    checkNameIsNotOf(input.apiKey, definition, input.name);
    checkLimits(input, input.provider);
    checkIsAhead(input.expiresAt);
    const endpoint = readEndpoint(input, this.policy);
    const probe = input.verify ? await this.verification.tryNew(userId, input, endpoint, origin) : null;
    const key = this.seal(userId, input, endpoint, maskKey(input.apiKey, definition), probe);
    const { stored, replacedKeyId } = await this.turns.take(userId, key.provider, () =>
      this.insert(userId, key, origin.accessTokenId),
    );
    return { apiKey: toApiKey(stored, this.vault), replacedKeyId, warning: warningOf(probe) };
  }

  /**
   * @param accessTokenId that it came with; null for a JWT
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's, of a provider that this version knows
   * @throws BadUserInputError BAD_USER_INPUT for a name or pattern that has a key in it, and limits that mean nothing to
   *   the provider
   * @throws KeyBusyError CONFLICT
   */
  async update(userId: string, input: UpdateApiKeyInput, accessTokenId: string | null): Promise<ApiKey> {
    await this.limits.countKeyChange(userId);
    const { keyId, name, enabled, expiresAt } = input;
    checkNameIsNoKey(name);
    const changes: KeyChanges = {
      ...(name !== undefined && { name }),
      ...(typeof enabled === 'boolean' && {
        status: enabled ? 'ACTIVE' : 'DISABLED',
      }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...limitsIn(input),
    };
    const key = isUuid(keyId) ? await this.keys.findById(userId, keyId) : null;
    if (!key || !isLive(key)) throw new KeyNotFoundError();
    checkNameIsNotMasked(key.maskedKey, name);
    checkLimits(input, key.provider);
    const updated = await this.turns.take(userId, key.provider, () =>
      this.keys.update(userId, key, changes, describeChanges(changes), accessTokenId),
    );
    if (!updated) throw new KeyNotFoundError();
    return toApiKey(updated, this.vault);
  }

  /**
   * @param accessTokenId that it came with; null for a JWT
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's; the provider may be unknown here
   * @throws KeyBusyError CONFLICT
   */
  async delete(userId: string, keyId: string, accessTokenId: string | null): Promise<string> {
    await this.limits.countKeyChange(userId);
    const key = isUuid(keyId) ? await this.keys.findTrace(userId, keyId) : null;
    const deletedId =
      key &&
      (await this.turns.take(userId, key.provider, () => this.keys.delete(userId, key, accessTokenId)));
    if (!deletedId) throw new KeyNotFoundError();
    return deletedId;
  }

  /**
   * Tries a stored key with its provider, a disabled or expired one too.
   *
   * @throws RateLimitedError RATE_LIMITED
   * @throws KeyNotFoundError KEY_NOT_FOUND unless it is a live key of this user's, of a provider that this version knows
   * @throws KeyUnreadableError KEY_UNREADABLE
   * @throws KeyNotPermittedError KEY_NOT_PERMITTED where this server does not call its address any more
   */
  async verify(userId: string, keyId: string, origin: KeyChangeOrigin): Promise<VerifyApiKeyPayload> {
    await this.limits.countKeyChange(userId);
    const key = isUuid(keyId) ? await this.keys.findById(userId, keyId) : null;
    if (!key || !isLive(key)) throw new KeyNotFoundError();
    const probe = await this.verification.tryStored(userId, key, origin);
    const verified = await this.turns.take(userId, key.provider, () =>
      this.keys.recordProbe(userId, key, probe, origin.accessTokenId),
    );
    if (!verified) throw new KeyNotFoundError();
    return { apiKey: toApiKey(verified, this.vault), warning: warningOf(probe) };
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

  private seal(
    userId: string,
    input: StoreApiKeyInput,
    endpoint: KeyEndpoint | null,
    maskedKey: string,
    probe: ProbeResult | null,
  ): NewKey {
    const { provider, apiKey, name, expiresAt } = input;
    const id = uuidv7();
    const secret = Secret.fromText(apiKey);
    try {
      const envelope = this.vault.seal(secret, contextOfKey({ userId, provider, id, endpoint }));
      return {
        id,
        provider,
        endpoint,
        name: name ?? null,
        maskedKey,
        envelope,
        encryptionKeyId: this.vault.currentKeyId,
        expiresAt: expiresAt ?? null,
        probe,
        limits: limitsIn(input),
      };
    } finally {
      secret.destroy();
    }
  }

  /** Where another server changes it at the same moment, only one of the two can be the first: this one tries again. */
  private async insert(
    userId: string,
    key: NewKey,
    accessTokenId: string | null,
  ): Promise<NonNullable<Awaited<ReturnType<KeysRepository['store']>>>> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const result = await this.keys.store(userId, key, accessTokenId);
      if (result) return result;
    }
    throw new KeyBusyError();
  }
}

const warningOf = (probe: ProbeResult | null): string | null =>
  probe && !probe.verdict ? probe.reason : null;

function describeChanges(changes: KeyChanges): string {
  const words = [
    ...('name' in changes ? [changes.name === null ? 'name removed' : 'name changed'] : []),
    ...(changes.status ? [changes.status === 'ACTIVE' ? 'enabled' : 'disabled'] : []),
    ...('expiresAt' in changes ? [changes.expiresAt === null ? 'expiry removed' : 'expiry changed'] : []),
    ...('allowedModels' in changes ? ['allowed models changed'] : []),
    ...('allowedUses' in changes ? ['allowed uses changed'] : []),
    ...('monthlyLimit' in changes ? ['monthly limit changed'] : []),
  ];
  return words.join(', ') || 'nothing changed';
}
