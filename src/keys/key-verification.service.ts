import { Injectable } from '@nestjs/common';
import { Secret } from '../common/secret.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { Vault } from '../crypto/vault.js';
import { findFault } from './key-fault.js';
import { KeyProber, type ProbeResult } from './key-prober.js';
import { KeyUseService } from './key-use.service.js';
import type { StoreApiKeyInput } from './keys.inputs.js';
import { KeyNotStoredError, KeyUnreadableError } from './keys.errors.js';
import { KeysRepository, type StoredKey } from './keys.repository.js';

/** Tries keys with their providers, new ones and stored ones. */
@Injectable()
export class KeyVerification {
  constructor(
    private readonly prober: KeyProber,
    private readonly keys: KeysRepository,
    private readonly uses: KeyUseService,
    private readonly vault: Vault,
  ) {}

  /** @throws KeyNotStoredError KEY_REJECTED where the provider rejects it */
  async tryNew(
    userId: string,
    { provider, apiKey }: StoreApiKeyInput,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const secret = Secret.fromText(apiKey);
    const probe = await this.prober.probe(provider, secret, signal).finally(() => secret.destroy());
    if (probe.verdict?.health !== 'REJECTED') return probe;
    // Written down, so that trying out stolen keys leaves a trace.
    await this.keys.recordRefusal(userId, provider, probe);
    const { userKeys } = await this.keys.findResolvable(userId, [provider]);
    throw new KeyNotStoredError(userKeys.length > 0);
  }

  /** @throws KeyUnreadableError KEY_UNREADABLE */
  async tryStored(userId: string, key: StoredKey, signal: AbortSignal): Promise<ProbeResult> {
    const secret = await this.open(userId, key);
    return this.prober.probe(key.provider, secret, signal).finally(() => secret.destroy());
  }

  private async open(userId: string, key: StoredKey): Promise<Secret> {
    const { id: keyId, provider, sealedKey, status } = key;
    const envelope = findFault(key, this.vault) === null && sealedKey ? sealedKey.envelope : null;
    try {
      if (envelope !== null)
        return this.vault.open(envelope, { purpose: 'api-key', userId, provider, keyId });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      const unusedKey = { failed: null, chatId: null };
      if (status === 'ACTIVE') await this.uses.recordUnreadable(userId, key, envelope, unusedKey);
    }
    throw new KeyUnreadableError(provider);
  }
}
