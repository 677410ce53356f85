import type { KeySource } from '../common/key-source.enum.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import type { CandidateOutcome, KeyCandidate } from './key-resolution.model.js';
import type { ResolvableKey } from './keys.repository.js';

/** Who may pay by default. They are tried in the rule's order, also where one is left out. */
export const allSources: readonly KeySource[] = ['USER', 'SERVER'];

export interface ResolutionFacts {
  /** The providers that may serve the request, in the order to try them. */
  readonly providers: readonly ProviderId[];
  /** Who may pay. The keys of others are no candidates. */
  readonly sources: readonly KeySource[];
  /** The user's live keys of these providers. */
  readonly userKeys: readonly ResolvableKey[];
  readonly hasServerKey: (provider: ProviderId) => boolean;
  readonly isReadable: (key: ResolvableKey) => boolean;
}

/**
 * Takes the first of the user's keys in the order of the providers; only where the user has none, the first of the
 * server's, in the same order. A disabled key counts as none. An unreadable one ends the search: nothing else is
 * spent in its place.
 *
 * This is the only place that decides which key serves a request.
 *
 * @returns every candidate in the order tried, at most one of them CHOSEN or UNREADABLE
 */
export function resolve(facts: ResolutionFacts): KeyCandidate[] {
  let decided = false;
  const consider = (provider: ProviderId, source: KeySource): KeyCandidate => {
    const key =
      source === 'USER' ? facts.userKeys.find((candidate) => candidate.provider === provider) : undefined;
    const outcome = decided ? 'NOT_NEEDED' : outcomeOf(facts, provider, source, key);
    decided ||= outcome === 'CHOSEN' || outcome === 'UNREADABLE';
    return {
      provider,
      source,
      keyId: key?.id ?? null,
      chosen: outcome === 'CHOSEN',
      outcome,
      reason: reasonFor(outcome, provider, source),
    };
  };
  return allSources
    .filter((source) => facts.sources.includes(source))
    .flatMap((source) => facts.providers.map((provider) => consider(provider, source)));
}

function outcomeOf(
  facts: ResolutionFacts,
  provider: ProviderId,
  source: KeySource,
  key: ResolvableKey | undefined,
): CandidateOutcome {
  if (source === 'SERVER') return facts.hasServerKey(provider) ? 'CHOSEN' : 'NO_KEY';
  if (!key) return 'NO_KEY';
  if (key.status === 'DISABLED') return 'DISABLED';
  return facts.isReadable(key) ? 'CHOSEN' : 'UNREADABLE';
}

function reasonFor(outcome: CandidateOutcome, provider: ProviderId, source: KeySource): string {
  const name = getProviderEntry(provider).displayName;
  const whose = source === 'USER' ? `Your key for ${name}` : `The server's key for ${name}`;
  switch (outcome) {
    case 'CHOSEN':
      return `${whose} is the first that can be used.`;
    case 'NO_KEY':
      return source === 'USER' ? `You have stored no key for ${name}.` : `The server has no key for ${name}.`;
    case 'DISABLED':
      return `${whose} is disabled, so it is treated as if it did not exist.`;
    case 'UNREADABLE':
      return `${whose} cannot be decrypted: store it again. No other key is used in its place.`;
    case 'NOT_NEEDED':
      return `${whose} was not considered: an earlier candidate decided.`;
  }
}
