import type { KeySource } from '../common/key-source.enum.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { describeRefusal, type KeyRefusal } from './key-permission.js';
import type { CandidateOutcome, KeyCandidate } from './key-resolution.model.js';
import type { ResolvableKey } from './stored-key.js';

/** Who may pay by default. They are tried in the rule's order, also where one is left out. */
export const allSources: readonly KeySource[] = ['USER', 'SERVER'];

/** Why a live key may not serve the request. */
export type KeyProblem = 'EXPIRED' | 'UNREADABLE' | KeyRefusal;

/** Why a user may not spend the server's keys. */
export type ServerRefusal = 'OWN_POLICY' | 'OPERATOR';

export interface ResolutionFacts {
  /** The providers that may serve the request, in the order to try them; a group is tried before the next one. */
  readonly groups: readonly (readonly ProviderId[])[];
  /** Who may pay. The keys of others are no candidates. */
  readonly sources: readonly KeySource[];
  /** The user's live keys of these providers. */
  readonly userKeys: readonly ResolvableKey[];
  readonly hasServerKey: (provider: ProviderId) => boolean;
  /** Null: the user may spend the server's keys. */
  readonly serverRefusal: ServerRefusal | null;
  /** Null for a key that may serve the request. */
  readonly problemOf: (key: ResolvableKey) => KeyProblem | null;
}

/** What a candidate comes to, and why. */
interface Verdict {
  readonly outcome: CandidateOutcome;
  readonly problem?: KeyProblem | ServerRefusal;
}

/** What resolution found out about a candidate. */
export interface JudgedCandidate extends KeyCandidate {
  /** Why it may not serve; null where that is not the outcome. */
  readonly problem: KeyProblem | ServerRefusal | null;
}

/** A key that fails ends the search: nothing else is spent in its place. */
const DECISIVE: ReadonlySet<CandidateOutcome> = new Set(['CHOSEN', 'EXPIRED', 'UNREADABLE', 'NOT_PERMITTED']);

export const isDecisive = ({ outcome }: { readonly outcome: CandidateOutcome }): boolean =>
  DECISIVE.has(outcome);

/**
 * Takes the first of the user's keys in the order of the providers; only where the user has none, the first of the
 * server's, in the same order. A disabled key counts as none. One that is expired, not allowed for the request or
 * unreadable ends the search: nothing else is spent in its place.
 *
 * This is the only place that decides which key serves a request.
 *
 * @returns every candidate in the order tried, at most one of them decisive
 */
export function resolve(facts: ResolutionFacts): JudgedCandidate[] {
  let decided = false;
  const consider = (provider: ProviderId, source: KeySource): JudgedCandidate => {
    const key =
      source === 'USER' ? facts.userKeys.find((candidate) => candidate.provider === provider) : undefined;
    const verdict: Verdict = decided
      ? { outcome: 'NOT_NEEDED' }
      : source === 'USER'
        ? judgeUserKey(facts, key)
        : judgeServerKey(facts, provider);
    decided ||= isDecisive(verdict);
    return {
      provider,
      source,
      keyId: key?.id ?? null,
      chosen: verdict.outcome === 'CHOSEN',
      outcome: verdict.outcome,
      reason: reasonFor(verdict, provider, source),
      problem: verdict.problem ?? null,
    };
  };
  const sources = allSources.filter((source) => facts.sources.includes(source));
  return facts.groups.flatMap((providers) =>
    sources.flatMap((source) => providers.map((provider) => consider(provider, source))),
  );
}

function judgeServerKey({ hasServerKey, serverRefusal }: ResolutionFacts, provider: ProviderId): Verdict {
  if (!hasServerKey(provider)) return { outcome: 'NO_KEY' };
  return serverRefusal ? { outcome: 'SERVER_NOT_ALLOWED', problem: serverRefusal } : { outcome: 'CHOSEN' };
}

function judgeUserKey({ problemOf }: ResolutionFacts, key: ResolvableKey | undefined): Verdict {
  if (!key) return { outcome: 'NO_KEY' };
  if (key.status === 'DISABLED') return { outcome: 'DISABLED' };
  const problem = problemOf(key);
  if (problem === null) return { outcome: 'CHOSEN' };
  const isNamed = problem === 'EXPIRED' || problem === 'UNREADABLE';
  return { outcome: isNamed ? problem : 'NOT_PERMITTED', problem };
}

function reasonFor({ outcome, problem }: Verdict, provider: ProviderId, source: KeySource): string {
  const name = getProviderEntry(provider).displayName;
  const whose = source === 'USER' ? `Your key for ${name}` : `The server's key for ${name}`;
  switch (outcome) {
    case 'CHOSEN':
      return `${whose} is the first that can be used.`;
    case 'NO_KEY':
      return source === 'USER' ? `You have stored no key for ${name}.` : `The server has no key for ${name}.`;
    case 'DISABLED':
      return `${whose} is disabled, so it is treated as if it did not exist.`;
    case 'EXPIRED':
      return `${whose} is past its expiresAt. No other key is used in its place.`;
    case 'UNREADABLE':
      return `${whose} cannot be decrypted: store it again. No other key is used in its place.`;
    case 'NOT_PERMITTED':
      return `${describeRefusal(provider, problem as KeyRefusal)} No other key is used in its place.`;
    case 'SERVER_NOT_ALLOWED':
      return problem === 'OWN_POLICY'
        ? `${whose} is not used: your fallbackPolicy is NEVER.`
        : `${whose} is not used: the operator does not let you spend it.`;
    case 'NOT_NEEDED':
      return `${whose} was not considered: an earlier candidate decided.`;
  }
}
