import { Injectable } from '@nestjs/common';
import type { ProviderKind } from '../common/provider-definition.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { Secret } from '../common/secret.js';
import { Config } from '../config/config.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { Vault } from '../crypto/vault.js';
import { getProviderEntry, type ProviderId, providerIdsOf } from '../registry/provider-ids.js';
import type { KeyCandidate, KeyResolution } from './key-resolution.model.js';
import { KeyUseService } from './key-use.service.js';
import { KeyUnreadableError, NoKeyAvailableError } from './keys.errors.js';
import { KeysRepository, type ResolvableKey } from './keys.repository.js';
import { resolve } from './resolve.js';

/** A key, opened for one request. Whoever asked for it destroys it. */
export interface ResolvedKey<Id extends ProviderId = ProviderId> {
  readonly provider: Id;
  readonly source: KeySource;
  /** Null for a key of the server. */
  readonly keyId: string | null;
  /** Null for a key of the server: its form is the operator's business. */
  readonly maskedKey: string | null;
  readonly secret: Secret;
}

interface Decision {
  readonly candidates: readonly KeyCandidate[];
  readonly userKeys: readonly ResolvableKey[];
}

/** Answers which key serves a request (mission, rule 6), and opens it. The rule itself is in resolve.ts. */
@Injectable()
export class KeyResolutionService {
  constructor(
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
    private readonly config: Config,
    private readonly uses: KeyUseService,
  ) {}

  /**
   * Resolves and opens the key for one request, in one database round trip.
   *
   * @param providers the providers that may serve it, in the order to try them: one where the request names it
   * @throws NoKeyAvailableError NO_KEY_AVAILABLE; KeyUnreadableError KEY_UNREADABLE; DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async open<Id extends ProviderId>(userId: string, providers: readonly Id[]): Promise<ResolvedKey<Id>> {
    const { candidates, userKeys } = await this.decide(userId, providers);
    const decisive = candidates.find(({ outcome }) => outcome === 'CHOSEN' || outcome === 'UNREADABLE');
    if (!decisive) throw new NoKeyAvailableError(providers.map((id) => getProviderEntry(id).displayName));
    const provider = decisive.provider as Id;
    if (decisive.source === 'SERVER') {
      const secret = this.getServerKey(provider).clone();
      return { provider, source: 'SERVER', keyId: null, maskedKey: null, secret };
    }
    const key = userKeys.find(({ id }) => id === decisive.keyId);
    if (!key) throw new Error('Resolution chose a key that it was not given.');
    const secret = await this.openUserKey(userId, key);
    return { provider, source: 'USER', keyId: key.id, maskedKey: key.maskedKey, secret };
  }

  /** The same decision, explained. Nothing is decrypted. */
  async explain(userId: string, providers: readonly ProviderId[]): Promise<KeyResolution> {
    const { candidates } = await this.decide(userId, providers);
    const chosen = candidates.find((candidate) => candidate.chosen);
    return {
      available: chosen !== undefined,
      provider: chosen?.provider ?? null,
      source: chosen?.source ?? null,
      keyId: chosen?.keyId ?? null,
      candidates: [...candidates],
    };
  }

  /** For each provider, whose key a request that names it would use now; in one round trip. */
  async findSources(userId: string): Promise<ReadonlyMap<ProviderId, KeySource | null>> {
    const providers = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')];
    const userKeys = await this.keys.findResolvable(userId, providers);
    return new Map(
      providers.map((provider) => {
        const chosen = this.candidatesFor([provider], userKeys).find((candidate) => candidate.chosen);
        return [provider, chosen?.source ?? null];
      }),
    );
  }

  private async decide(userId: string, providers: readonly ProviderId[]): Promise<Decision> {
    const userKeys = await this.keys.findResolvable(userId, providers);
    return { candidates: this.candidatesFor(providers, userKeys), userKeys };
  }

  private candidatesFor(
    providers: readonly ProviderId[],
    userKeys: readonly ResolvableKey[],
  ): KeyCandidate[] {
    return resolve({
      providers,
      userKeys,
      hasServerKey: (provider) => Boolean(this.config.getProvider(provider).serverKey),
      isReadable: (key) =>
        key.health !== 'UNREADABLE' && key.encryptionKeyId !== null && this.vault.hasKey(key.encryptionKeyId),
    });
  }

  private getServerKey(provider: ProviderId): Secret {
    const key = this.config.getProvider(provider).serverKey;
    if (!key) throw new Error(`The server has no key for ${provider}.`);
    return key;
  }

  /**
   * Tries even a key that was found unreadable before: what resolution predicted from the stored health, only
   * decrypting can prove.
   */
  private async openUserKey(userId: string, key: ResolvableKey): Promise<Secret> {
    try {
      return this.vault.open(key.envelope ?? '', {
        purpose: 'api-key',
        userId,
        provider: key.provider,
        keyId: key.id,
      });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      await this.uses.recordUnreadable(userId, key);
      throw new KeyUnreadableError(getProviderEntry(key.provider).displayName);
    }
  }
}

/** The providers that a request may use: the one it names, or its kind's in their order. */
export function providersFor(kind: ProviderKind, named?: ProviderId | null): readonly ProviderId[] {
  return named ? [named] : providerIdsOf(kind);
}
