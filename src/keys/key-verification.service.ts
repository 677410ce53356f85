import { Injectable } from '@nestjs/common';
import { EndpointPolicy } from '../common/endpoint-address.js';
import { Secret } from '../common/secret.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { contextOfKey, type KeyEndpoint } from '../crypto/seal-context.js';
import { Vault } from '../crypto/vault.js';
import { AnomalyWatch } from '../audit/anomalies/anomaly-watch.js';
import { shortName } from '../audit/anomalies/short-name.js';
import { getProviderEntry } from '../providers/registry/provider-ids.js';
import { keyVerified } from '../telemetry/signals/signals.js';
import { mayCall } from './check-endpoint.js';
import { findFault, type KeyFault } from './key-fault.js';
import { maskKey } from './key-shape.js';
import { KeyProber, type ProbeResult } from './key-prober.js';
import { KeyUseService } from './key-use.service.js';
import type { StoreApiKeyInput } from './keys.inputs.js';
import { KeyNotPermittedError, KeyNotStoredError, KeyUnreadableError } from './keys.errors.js';
import { KeysRepository } from './keys.repository.js';
import type { StoredKey } from './stored-key.js';
import { type KeyRecordPlace, openedKeyOf } from './opened-key-of.js';

/** The request that changes or tries a key. */
export interface KeyChangeOrigin {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** That it came with; null for a JWT. */
  readonly accessTokenId: string | null;
  /** Where it came from. */
  readonly network: string | null;
}

/** Tries keys with their providers, new ones and stored ones. */
@Injectable()
export class KeyVerification {
  constructor(
    private readonly prober: KeyProber,
    private readonly keys: KeysRepository,
    private readonly uses: KeyUseService,
    private readonly vault: Vault,
    private readonly watch: AnomalyWatch,
    private readonly policy: EndpointPolicy,
  ) {}

  /** @throws KeyNotStoredError KEY_REJECTED where the provider rejects it */
  async tryNew(
    userId: string,
    { provider, apiKey }: StoreApiKeyInput,
    endpoint: KeyEndpoint | null,
    { signal, accessTokenId, network }: KeyChangeOrigin,
  ): Promise<ProbeResult> {
    const probe = await this.probe({ provider, endpoint }, Secret.fromText(apiKey), signal);
    if (probe.verdict?.health !== 'REJECTED') return probe;
    // Written down, so that trying out stolen keys leaves a trace.
    await this.keys.recordRefusal(userId, provider, probe, accessTokenId);
    const name = shortName(provider, maskKey(apiKey, getProviderEntry(provider)));
    this.watch.see({ type: 'KEY_REJECTED', at: new Date(), network, userId, provider, keyId: null, name });
    const { userKeys } = await this.keys.findResolvable(userId, [provider]);
    throw new KeyNotStoredError(userKeys.some((key) => key.endpoint?.name === endpoint?.name));
  }

  /**
   * @throws KeyUnreadableError KEY_UNREADABLE
   * @throws KeyNotPermittedError KEY_NOT_PERMITTED where this server does not call its address any more
   */
  async tryStored(userId: string, key: StoredKey, origin: KeyChangeOrigin): Promise<ProbeResult> {
    const { signal, network } = origin;
    const { id: keyId, provider } = key;
    if (!mayCall(key.endpoint, this.policy)) throw new KeyNotPermittedError(provider, 'ENDPOINT');
    const probe = await this.probe(key, await this.open(userId, key, origin), signal);
    if (probe.verdict?.health === 'REJECTED')
      this.watch.see({ type: 'KEY_REJECTED', at: new Date(), network, userId, provider, keyId, name: keyId });
    return probe;
  }

  /** @param secret is destroyed */
  private async probe(place: KeyRecordPlace, secret: Secret, signal: AbortSignal): Promise<ProbeResult> {
    const { provider } = place;
    const key = openedKeyOf(place, secret);
    const probe = await this.prober.probe(key, signal).finally(() => secret.destroy());
    keyVerified.tell({ provider, verdict: probe.verdict?.health ?? 'NONE' });
    return probe;
  }

  private async open(
    userId: string,
    key: StoredKey,
    { accessTokenId, network }: KeyChangeOrigin,
  ): Promise<Secret> {
    const { provider, sealedKey, status } = key;
    const fault = findFault(key, this.vault);
    const envelope = fault === null && sealedKey ? sealedKey.envelope : null;
    try {
      if (envelope !== null) return this.vault.open(envelope, contextOfKey(key));
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      const unusedKey = {
        ...{ failed: null, chatId: null, accessTokenId, network },
        fault: 'DAMAGED',
      } as const;
      if (status === 'ACTIVE') await this.uses.recordUnreadable(userId, key, envelope, unusedKey);
      else this.seeUnreadable(userId, key, 'DAMAGED', network);
    }
    if (fault !== null) this.seeUnreadable(userId, key, fault, network);
    throw new KeyUnreadableError(provider);
  }

  private seeUnreadable(
    userId: string,
    { id: keyId, provider }: StoredKey,
    fault: KeyFault,
    network: string | null,
  ): void {
    if (fault === 'DAMAGED' || fault === 'ENCRYPTION_KEY_RETIRED')
      this.watch.see({ type: 'KEY_UNREADABLE', at: new Date(), network, userId, provider, keyId, fault });
  }
}
