import { Injectable } from '@nestjs/common';
import type { ProviderKind } from '../common/provider-definition.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { Secret } from '../common/secret.js';
import { Config } from '../config/config.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { Vault } from '../crypto/vault.js';
import { getProviderEntry, type ProviderId, providerIdsOf } from '../providers/registry/provider-ids.js';
import type { KeyCandidate, KeyResolution } from './key-resolution.model.js';
import { findFault } from './key-fault.js';
import { checkModelIsNoKey } from './key-shape.js';
import { type FailedUse, type KeyUse, KeyUseService } from './key-use.service.js';
import { KeyBusyError, KeyUnreadableError, NoKeyAvailableError } from './keys.errors.js';
import { KeysRepository, type ResolvableKey } from './keys.repository.js';
import { maskOf } from './mask-of.js';
import { allSources, resolve } from './resolve.js';

/** A key, opened for one request. The caller destroys it. */
export interface ResolvedKey<Id extends ProviderId = ProviderId> {
  readonly provider: Id;
  readonly source: KeySource;
  /** Null for a key of the server. */
  readonly keyId: string | null;
  /** Null for a key of the server: its form is the operator's business. */
  readonly maskedKey: string | null;
  readonly secret: Secret;
}

/** What the account of a key's use says of its purpose. */
export type KeyPurpose = Pick<KeyUse, 'chatId' | 'model'>;

/** So often in a row a key may be replaced, disabled or deleted in the moment of its use. */
const MAX_ATTEMPTS = 5;

/** What a key is asked for. */
interface KeyRequest<Id extends ProviderId> {
  /** In the order to try them. */
  readonly providers: readonly Id[];
  /** The use that this one replaces: the same side pays for both. */
  readonly failed: FailedUse | null;
  /** The chat that goes on without it where there is no key to open. */
  readonly chatId: string | null;
  readonly purposeOf: (provider: Id) => KeyPurpose;
}

interface Decision {
  readonly candidates: readonly KeyCandidate[];
  readonly userKeys: readonly ResolvableKey[];
}

/** Finds the key that serves a request, and opens it. The rule itself is in resolve.ts. */
@Injectable()
export class KeyResolutionService {
  constructor(
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
    private readonly config: Config,
    private readonly uses: KeyUseService,
  ) {}

  /**
   * Resolves and opens the key for one request and writes its use down: all that comes before a provider is called.
   * A key that is replaced, disabled or deleted meanwhile is not used: what has taken its place is.
   *
   * @param providers the providers that may serve it, in the order to try them: one where the request names it
   * @param purposeOf called when the key is open, before its use is written down; what it throws ends the request
   * @param chatId the chat that the request is part of, which goes on where its key cannot be read
   * @throws NoKeyAvailableError NO_KEY_AVAILABLE; KeyUnreadableError KEY_UNREADABLE; KeyBusyError CONFLICT;
   *   BadUserInputError BAD_USER_INPUT where the model is a key; DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async open<Id extends ProviderId>(
    userId: string,
    providers: readonly Id[],
    purposeOf: (provider: Id) => KeyPurpose,
    chatId: string | null = null,
  ): Promise<ResolvedKey<Id>> {
    const key = await this.openWhileItChanges(userId, { providers, failed: null, chatId, purposeOf });
    if (!key) throw new NoKeyAvailableError(providers.map((id) => getProviderEntry(id).displayName));
    return key;
  }

  /**
   * The same for a request that one key has failed and another may still serve: from a user's key on only with that
   * user's, from one of the server only with the server's, so that the same side pays.
   *
   * @param providers those that are left, in the order to try them
   * @returns null where none of them has such a key
   * @throws as {@link open}, but for NO_KEY_AVAILABLE
   */
  async openAfter<Id extends ProviderId>(
    userId: string,
    failed: FailedUse,
    providers: readonly Id[],
    purposeOf: (provider: Id) => KeyPurpose,
  ): Promise<ResolvedKey<Id> | null> {
    const { chatId } = failed;
    return this.openWhileItChanges(userId, { providers, failed, chatId, purposeOf });
  }

  /** The same decision, explained. Nothing is decrypted. */
  async explain(userId: string, providers: readonly ProviderId[]): Promise<KeyResolution> {
    const { candidates } = await this.decide(userId, providers, allSources);
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
        const candidates = this.candidatesFor(userId, [provider], allSources, userKeys);
        const chosen = candidates.find((candidate) => candidate.chosen);
        return [provider, chosen?.source ?? null];
      }),
    );
  }

  private async openWhileItChanges<Id extends ProviderId>(
    userId: string,
    request: KeyRequest<Id>,
  ): Promise<ResolvedKey<Id> | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.openOnce(userId, request);
      } catch (error) {
        if (!(error instanceof KeyBusyError) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async openOnce<Id extends ProviderId>(
    userId: string,
    request: KeyRequest<Id>,
  ): Promise<ResolvedKey<Id> | null> {
    const key = await this.resolveKey(userId, request);
    if (!key) return null;
    try {
      const { provider, source, keyId } = key;
      const use = { provider, source, keyId, ...request.purposeOf(provider) };
      checkModelIsNoKey(use.model, maskOf(key));
      await this.uses.begin(userId, use, request.failed);
      return key;
    } catch (error) {
      key.secret.destroy();
      throw error;
    }
  }

  /** Decides in one database round trip, and opens what was decided on. */
  private async resolveKey<Id extends ProviderId>(
    userId: string,
    { providers, failed, chatId }: KeyRequest<Id>,
  ): Promise<ResolvedKey<Id> | null> {
    const sources = failed ? [failed.source] : allSources;
    const { candidates, userKeys } = await this.decide(userId, providers, sources);
    const decisive = candidates.find(({ outcome }) => outcome === 'CHOSEN' || outcome === 'UNREADABLE');
    if (!decisive) return null;
    const provider = decisive.provider as Id;
    if (decisive.source === 'SERVER') {
      const secret = this.getServerKey(provider).clone();
      return { provider, source: 'SERVER', keyId: null, maskedKey: null, secret };
    }
    const key = userKeys.find(({ id }) => id === decisive.keyId);
    if (!key) throw new Error('Resolution chose a key that it was not given.');
    const isReadable = decisive.outcome === 'CHOSEN';
    const secret = await this.openUserKey(userId, key, isReadable, { failed, chatId });
    return { provider, source: 'USER', keyId: key.id, maskedKey: key.maskedKey, secret };
  }

  private async decide(
    userId: string,
    providers: readonly ProviderId[],
    sources: readonly KeySource[],
  ): Promise<Decision> {
    const userKeys = await this.keys.findResolvable(userId, providers);
    return { candidates: this.candidatesFor(userId, providers, sources, userKeys), userKeys };
  }

  private candidatesFor(
    userId: string,
    providers: readonly ProviderId[],
    sources: readonly KeySource[],
    userKeys: readonly ResolvableKey[],
  ): KeyCandidate[] {
    return resolve({
      providers,
      sources,
      userKeys,
      hasServerKey: (provider) => Boolean(this.config.getProvider(provider).serverKey),
      isReadable: (key) => findFault({ ...key, userId }, this.vault) === null,
    });
  }

  private getServerKey(provider: ProviderId): Secret {
    const key = this.config.getProvider(provider).serverKey;
    if (!key) throw new Error(`The server has no key for ${provider}.`);
    return key;
  }

  /** What resolution found unreadable is not tried: a request does what `keyResolution` says of it. */
  private async openUserKey(
    userId: string,
    key: ResolvableKey,
    isReadable: boolean,
    { failed, chatId }: Pick<KeyRequest<ProviderId>, 'failed' | 'chatId'>,
  ): Promise<Secret> {
    const { id, provider, sealedKey } = key;
    const envelope = isReadable && sealedKey ? sealedKey.envelope : null;
    try {
      if (envelope !== null)
        return this.vault.open(envelope, { purpose: 'api-key', userId, provider, keyId: id });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
    }
    await this.uses.recordUnreadable(userId, key, envelope, { failed, chatId });
    throw new KeyUnreadableError(provider);
  }
}

/** The providers that a request may use: the one it names, or its kind's in their order. */
export function providersFor(kind: ProviderKind, named?: ProviderId | null): readonly ProviderId[] {
  return named ? [named] : providerIdsOf(kind);
}
