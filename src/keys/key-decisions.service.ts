import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { EndpointPolicy } from '../common/endpoint-address.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { ProviderKind } from '../common/provider-definition.js';
import { Config } from '../config/config.js';
import { Vault } from '../crypto/vault.js';
import {
  candidatesOf,
  getProviderEntry,
  isEndpointProvider,
  type ProviderId,
  providerIdsOf,
} from '../providers/registry/provider-ids.js';
import { mayCall } from './check-endpoint.js';
import { findFault } from './key-fault.js';
import { type AllowedUse, findRefusal, type KeyDemand } from './key-permission.js';
import type { KeyResolution } from './key-resolution.model.js';
import { KeysRepository } from './keys.repository.js';
import type { ResolutionRow, ResolvableKey } from './stored-key.js';
import { allSources, type JudgedCandidate, type KeyProblem, resolve, type ServerRefusal } from './resolve.js';

/** Who asks for a key. */
export type KeyCaller = Pick<AuthenticatedUser, 'userId' | 'mayUseServerKeys' | 'accessToken' | 'network'>;

/** What a dry run asks for. */
export interface KeyQuestion {
  readonly providers: readonly ProviderId[];
  /** The name of one of the user's; null for a provider's key. */
  readonly endpoint: string | null;
  /** Null: what the provider's kind is for, outside a chat. */
  readonly use: AllowedUse | null;
  /** Null: the provider's default. */
  readonly model: string | null;
}

export interface Decision {
  readonly candidates: readonly JudgedCandidate[];
  readonly userKeys: readonly ResolvableKey[];
}

const everyProvider: readonly ProviderId[] = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')];

/** Finds out which key a request would use, with the rule of resolve.ts. Nothing is decrypted. */
@Injectable()
export class KeyDecisions {
  constructor(
    private readonly keys: KeysRepository,
    private readonly vault: Vault,
    private readonly config: Config,
    private readonly policy: EndpointPolicy,
  ) {}

  /** A decision, explained. */
  async explain(caller: KeyCaller, { providers, endpoint, use, model }: KeyQuestion): Promise<KeyResolution> {
    const demandOf = (provider: ProviderId): KeyDemand => this.usualDemand(provider, use, model);
    const { candidates } = await this.decide(caller, { providers, endpoint }, allSources, demandOf);
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
  async findSources(caller: KeyCaller): Promise<ReadonlyMap<ProviderId, KeySource | null>> {
    const stored = await this.keys.findResolvable(caller.userId, everyProvider);
    const demandOf = (provider: ProviderId): KeyDemand => this.usualDemand(provider, null, null);
    return new Map(
      everyProvider.map((provider) => {
        const candidates = placesOf(provider, stored.userKeys).flatMap((place) =>
          this.candidatesFor(caller, place, allSources, demandOf, stored),
        );
        const chosen = candidates.find((candidate) => candidate.chosen);
        return [provider, chosen?.source ?? null];
      }),
    );
  }

  /** What a request that says no more wants of a provider's key. */
  private usualDemand(provider: ProviderId, use: AllowedUse | null, model: string | null): KeyDemand {
    const { kind } = getProviderEntry(provider);
    return {
      use: use ?? kind,
      model: kind === 'CHAT' ? (model ?? this.config.getProvider(provider).defaultModel) : null,
      tokens: null,
    };
  }

  /** Decides in one database round trip. */
  async decide<Id extends ProviderId>(
    caller: KeyCaller,
    place: KeyPlace<Id>,
    sources: readonly KeySource[],
    demandOf: (provider: Id) => KeyDemand,
  ): Promise<Decision> {
    const stored = await this.keys.findResolvable(caller.userId, this.lookedAt(place.providers));
    const candidates = this.candidatesFor(caller, place, sources, demandOf, stored);
    return { candidates, userKeys: stored.userKeys };
  }

  /** Who may spend the server's keys only without one of their own is asked about all of the kind. */
  private lookedAt(providers: readonly ProviderId[]): readonly ProviderId[] {
    const [first] = providers;
    if (this.config.serverKeysFor.for !== 'keyless' || first === undefined) return providers;
    return providerIdsOf(getProviderEntry(first).kind);
  }

  private candidatesFor<Id extends ProviderId>(
    caller: KeyCaller,
    { providers, endpoint }: KeyPlace<Id>,
    sources: readonly KeySource[],
    demandOf: (provider: Id) => KeyDemand,
    { userKeys, fallbackPolicy, defaultSearchProvider }: ResolutionRow,
  ): JudgedCandidate[] {
    const [first] = providers;
    const isOfKind = ({ provider }: ResolvableKey): boolean =>
      first !== undefined && getProviderEntry(provider).kind === getProviderEntry(first).kind;
    return resolve({
      groups: inGroups(providers, defaultSearchProvider),
      sources,
      userKeys: userKeys.filter((key) => (key.endpoint?.name ?? null) === endpoint),
      hasServerKey: (provider) => Boolean(this.config.getProvider(provider).serverKey),
      serverRefusal: this.serverRefusalFor(caller, fallbackPolicy, userKeys.filter(isOfKind)),
      problemOf: (key) => this.problemOf(key, demandOf(key.provider as Id)),
    });
  }

  private serverRefusalFor(
    { mayUseServerKeys }: KeyCaller,
    fallbackPolicy: string | null,
    ownKeys: readonly ResolvableKey[],
  ): ServerRefusal | null {
    // A policy that this version does not know is no leave to spend.
    if (fallbackPolicy !== null && fallbackPolicy !== 'USE_SERVER') return 'OWN_POLICY';
    const isKeyless = ownKeys.every(({ status }) => status === 'DISABLED');
    if (!mayUseServerKeys || (this.config.serverKeysFor.for === 'keyless' && !isKeyless)) return 'OPERATOR';
    return null;
  }

  /** Null for a key that may serve the request, as far as is known without opening it. */
  private problemOf(key: ResolvableKey, demand: KeyDemand): KeyProblem | null {
    if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return 'EXPIRED';
    if (!mayCall(key.endpoint, this.policy)) return 'ENDPOINT';
    return findRefusal(key, demand) ?? (findFault(key, this.vault) === null ? null : 'UNREADABLE');
  }
}

/** Where a key may come from. */
export interface KeyPlace<Id extends ProviderId = ProviderId> {
  /** In the order to try them. */
  readonly providers: readonly Id[];
  /** The name of the caller's endpoint; null: a provider's key. */
  readonly endpoint: string | null;
}

/** Where a request that names a provider may find a key: of endpoints, with any of the user's. */
function placesOf(provider: ProviderId, userKeys: readonly ResolvableKey[]): KeyPlace[] {
  if (!isEndpointProvider(provider)) return [{ providers: [provider], endpoint: null }];
  return userKeys.flatMap(({ endpoint, ...key }) =>
    key.provider === provider && endpoint !== null
      ? [{ providers: [provider], endpoint: endpoint.name }]
      : [],
  );
}

/** The caller's own engine first, with either's key; what a request names is alone. */
function inGroups<Id extends ProviderId>(
  providers: readonly Id[],
  first: string | null,
): readonly (readonly Id[])[] {
  const preferred = providers.find((provider) => provider === first);
  if (preferred === undefined || providers.length === 1) return [providers];
  return [[preferred], providers.filter((provider) => provider !== preferred)];
}

/** The providers that a request may use: the one it names, or its kind's in their order. */
export function providersFor(kind: ProviderKind, named?: ProviderId | null): readonly ProviderId[] {
  return named ? [named] : candidatesOf(kind);
}
