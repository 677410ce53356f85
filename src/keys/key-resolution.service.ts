import { Injectable } from '@nestjs/common';
import type { TokenDemand } from '../audit/writer/use-record.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { EndpointKey, ProviderKey } from '../common/opened-key.js';
import type { Secret } from '../common/secret.js';
import { Config } from '../config/config.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { contextOfKey } from '../crypto/seal-context.js';
import { Vault } from '../crypto/vault.js';
import {
  type EndpointProviderId,
  getProviderEntry,
  isEndpointProvider,
  type ProviderId,
} from '../providers/registry/provider-ids.js';
import { type KeyCaller, KeyDecisions } from './key-decisions.service.js';
import { findFault } from './key-fault.js';
import { type AllowedUse, costDemandOf, type KeyDemand, type KeyRefusal } from './key-permission.js';
import { KeyReservations } from './key-reservations.js';
import type { KeyCandidate } from './key-resolution.model.js';
import { checkModelIsNoKey } from './key-shape.js';
import { type FailedUse, KeyUseService, type UnreadableUse } from './key-use.service.js';
import {
  KeyExpiredError,
  KeyNotPermittedError,
  KeyUnreadableError,
  NoKeyAvailableError,
} from './keys.errors.js';
import type { ResolvableKey } from './stored-key.js';
import { maskOf } from './mask-of.js';
import { openedKeyOf } from './opened-key-of.js';
import { allSources, isDecisive, type JudgedCandidate } from './resolve.js';
import { whileItChanges } from './while-it-changes.js';

/**
 * A key, opened for one request, with the only way that it may go: of a provider that has an address, a user's or the
 * server's; of one whose keys have addresses of their own, a user's with its own. The caller destroys it.
 */
export type ResolvedKey<Id extends ProviderId = ProviderId> = (
  ProviderKey<Exclude<Id, EndpointProviderId>> | EndpointKeyOf<Id>
) &
  KeyRecord<Id>;

type EndpointKeyOf<Id extends ProviderId> = Id extends EndpointProviderId ? EndpointKey<Id> : never;

interface KeyRecord<Id extends ProviderId> {
  readonly provider: Id;
  /** Null for a key of the server. */
  readonly keyId: string | null;
  /** Null for a key of the server: its form is the operator's business. */
  readonly maskedKey: string | null;
}

/** What a request wants a key for. */
export interface KeyRequest<Id extends ProviderId = ProviderId> {
  /** Those that may serve it, in the order to try them: one where the request names it. */
  readonly providers: readonly Id[];
  /** The name of the caller's endpoint; null: a provider's key. */
  readonly endpoint: string | null;
  readonly use: AllowedUse;
  /** Null for a search. */
  readonly modelOf: (provider: Id) => string | null;
  /** What it may need of a key's month; null for a search. */
  readonly tokens: TokenDemand | null;
  /** The chat that it is part of, which goes on where its key cannot be used. */
  readonly chatId: string | null;
  /** It is to list the provider's models: the month neither limits nor counts that. */
  readonly listsModels?: true;
  /** Called when the key is open, before its use is written down; what it throws ends the request. */
  readonly onOpen: (provider: Id) => void;
}

/** The key that a request would use, before it is opened. */
export interface ChosenKey<Id extends ProviderId = ProviderId> {
  readonly candidate: JudgedCandidate & { readonly provider: Id };
  /** Null for a key of the server. */
  readonly stored: ResolvableKey | null;
}

interface Opened<Id extends ProviderId> {
  /** Null where there is none. */
  readonly key: ResolvedKey<Id> | null;
  readonly candidates: readonly KeyCandidate[];
}

/** Finds the key that serves a request, and opens it. The rule itself is in resolve.ts. */
@Injectable()
export class KeyResolutionService {
  constructor(
    private readonly decisions: KeyDecisions,
    private readonly vault: Vault,
    private readonly config: Config,
    private readonly uses: KeyUseService,
    private readonly reservations: KeyReservations,
  ) {}

  /**
   * Resolves and opens the key for one request and writes its use down: all that comes before a provider is called.
   * A key that is replaced, disabled or deleted meanwhile is not used: what has taken its place is.
   *
   * @throws NoKeyAvailableError NO_KEY_AVAILABLE; KeyExpiredError KEY_EXPIRED; KeyNotPermittedError KEY_NOT_PERMITTED;
   *   KeyUnreadableError KEY_UNREADABLE; KeyBusyError CONFLICT; BadUserInputError BAD_USER_INPUT where the model is a key;
   *   DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async open<Id extends ProviderId>(caller: KeyCaller, request: KeyRequest<Id>): Promise<ResolvedKey<Id>> {
    const { key, candidates } = await this.openWhileItChanges(caller, request, null);
    if (key) return key;
    const areServerKeysRefused = candidates.some(({ outcome }) => outcome === 'SERVER_NOT_ALLOWED');
    const names = request.providers.map((id) => getProviderEntry(id).displayName);
    throw new NoKeyAvailableError(names, areServerKeysRefused);
  }

  /**
   * The same for a request that one key has failed and another may still serve: from a user's key on only with that
   * user's, from one of the server only with the server's, so that the same side pays.
   *
   * @param request with the providers that are left
   * @returns null where none of them has such a key
   * @throws as {@link open}, but for NO_KEY_AVAILABLE
   */
  async openAfter<Id extends ProviderId>(
    caller: KeyCaller,
    failed: FailedUse,
    request: KeyRequest<Id>,
  ): Promise<ResolvedKey<Id> | null> {
    return (await this.openWhileItChanges(caller, request, failed)).key;
  }

  private openWhileItChanges<Id extends ProviderId>(
    caller: KeyCaller,
    request: KeyRequest<Id>,
    failed: FailedUse | null,
  ): Promise<Opened<Id>> {
    return whileItChanges(
      () => this.openOnce(caller, request, failed),
      // What was kept for chats that never ended may be enough.
      async (error) =>
        error instanceof KeyNotPermittedError &&
        error.refusal === 'MONTH' &&
        (await this.reservations.release(caller.userId)),
    );
  }

  /**
   * Decides which key a request would use, in one database round trip. Nothing is opened, nor written down.
   *
   * @returns null where there is none; one that may not be used is there, and {@link openChosen} says why
   */
  async choose<Id extends ProviderId>(
    caller: KeyCaller,
    request: Pick<KeyRequest<Id>, 'providers' | 'endpoint' | 'use' | 'tokens' | 'modelOf' | 'listsModels'>,
  ): Promise<ChosenKey<Id> | null> {
    return (await this.decide(caller, request, allSources)).chosen;
  }

  /**
   * Opens what was decided on, and writes its use down.
   *
   * @throws as {@link open}; KeyBusyError CONFLICT where the key has changed since
   */
  async openChosen<Id extends ProviderId>(
    caller: KeyCaller,
    request: KeyRequest<Id>,
    { candidate, stored }: ChosenKey<Id>,
    failed: FailedUse | null = null,
  ): Promise<ResolvedKey<Id>> {
    const { chatId, tokens, listsModels } = request;
    const { userId, network } = caller;
    const accessTokenId = caller.accessToken?.id ?? null;
    const place = { failed, chatId, listsModels, accessTokenId, network };
    // It is of the provider that was decided on.
    const key = (
      stored ? await this.openStored(candidate, stored, place) : this.copyServerKey(candidate.provider)
    ) as ResolvedKey<Id>;
    try {
      const { provider, source, keyId } = key;
      request.onOpen(provider);
      const model = request.modelOf(provider);
      checkModelIsNoKey(model, maskOf(key));
      const cost = stored && costDemandOf(stored, model, tokens);
      const use = { provider, source, keyId, chatId, tokens, cost, model };
      await this.uses.begin(userId, { listsModels, accessTokenId, network, ...use }, failed);
      return key;
    } catch (error) {
      key.secret.destroy();
      throw error;
    }
  }

  private async openOnce<Id extends ProviderId>(
    caller: KeyCaller,
    request: KeyRequest<Id>,
    failed: FailedUse | null,
  ): Promise<Opened<Id>> {
    const sources = failed ? [failed.source] : allSources;
    const { chosen, candidates } = await this.decide(caller, request, sources);
    return { key: chosen && (await this.openChosen(caller, request, chosen, failed)), candidates };
  }

  private async decide<Id extends ProviderId>(
    caller: KeyCaller,
    request: Pick<KeyRequest<Id>, 'providers' | 'endpoint' | 'use' | 'tokens' | 'modelOf' | 'listsModels'>,
    sources: readonly KeySource[],
  ): Promise<{ readonly chosen: ChosenKey<Id> | null; readonly candidates: readonly KeyCandidate[] }> {
    const { use, tokens, listsModels } = request;
    const demandOf = (provider: Id): KeyDemand => ({
      use,
      tokens,
      listsModels,
      model: request.modelOf(provider),
    });
    const { candidates, userKeys } = await this.decisions.decide(caller, request, sources, demandOf);
    const candidate = candidates.find(isDecisive);
    if (!candidate) return { chosen: null, candidates };
    const stored = userKeys.find(({ id }) => id === candidate.keyId) ?? null;
    if ((candidate.source === 'USER') !== (stored !== null))
      throw new Error('Resolution chose a key that it was not given.');
    // It decides on none but those that it was asked about.
    return { chosen: { candidate: candidate as ChosenKey<Id>['candidate'], stored }, candidates };
  }

  private copyServerKey(provider: ProviderId): ResolvedKey {
    const key = this.config.getProvider(provider).serverKey;
    if (!key || isEndpointProvider(provider)) throw new Error(`The server has no key for ${provider}.`);
    const secret = key.clone();
    return { provider, source: 'SERVER', secret, endpoint: null, keyId: null, maskedKey: null };
  }

  private async openStored(
    { provider, outcome, problem }: JudgedCandidate,
    key: ResolvableKey,
    place: Omit<UnreadableUse, 'fault'>,
  ): Promise<ResolvedKey> {
    if (outcome === 'EXPIRED') throw new KeyExpiredError(provider);
    if (outcome === 'NOT_PERMITTED') throw new KeyNotPermittedError(provider, problem as KeyRefusal);
    const secret = await this.openUserKey(key, outcome === 'CHOSEN', place);
    return { keyId: key.id, maskedKey: key.maskedKey, ...openedKeyOf(key, secret) };
  }

  /** What resolution found unreadable is not tried: a request does what `keyResolution` says of it. */
  private async openUserKey(
    key: ResolvableKey,
    isReadable: boolean,
    place: Omit<UnreadableUse, 'fault'>,
  ): Promise<Secret> {
    const { provider, sealedKey } = key;
    const envelope = isReadable && sealedKey ? sealedKey.envelope : null;
    try {
      if (envelope !== null) return this.vault.open(envelope, contextOfKey(key));
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
    }
    // One for which no fault is known has been tried just now, and did not open.
    const fault = findFault(key, this.vault) ?? 'DAMAGED';
    await this.uses.recordUnreadable(key.userId, key, envelope, { ...place, fault });
    throw new KeyUnreadableError(provider);
  }
}
