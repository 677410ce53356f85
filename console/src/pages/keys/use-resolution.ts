import type { ApolloClient } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import {
  type CandidateOutcome,
  ResolutionDocument,
  type ResolutionQuery,
  type ResolutionQueryVariables,
} from '../../generated/keys';
import { afresh } from './ask-again';

export type Resolution = ResolutionQuery['keyResolution'];
export type Candidate = Resolution['candidates'][number];

interface AskedResolution {
  /** Null until it is known. */
  readonly resolution: Resolution | null;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Which key a request would use now, and why. */
export function useResolution(variables: ResolutionQueryVariables): AskedResolution {
  const { data, error, refetch } = useQuery(ResolutionDocument, {
    variables,
    context: afresh,
    // What useKeys asks for together is known already.
    fetchPolicy: variables.endpoint === undefined ? 'cache-first' : 'cache-and-network',
  });
  return {
    resolution: data?.keyResolution ?? null,
    error: data ? null : (error ?? null),
    retry: () => void refetch().catch(() => undefined),
  };
}

/** The same as the page knows it already. */
export const knownResolution = (
  client: ApolloClient,
  variables: ResolutionQueryVariables,
): Resolution | null => client.readQuery({ query: ResolutionDocument, variables })?.keyResolution ?? null;

/** Why a key that decides cannot be used, as a chat would fail with it. */
const failures: Readonly<Partial<Record<CandidateOutcome, string>>> = {
  EXPIRED: 'KEY_EXPIRED',
  UNREADABLE: 'KEY_UNREADABLE',
  NOT_PERMITTED: 'KEY_NOT_PERMITTED',
};

/** The key for which a request fails though there is one, with the error's code; null: there is none. */
export function blockOf(
  resolution: Resolution,
): { readonly candidate: Candidate; readonly code: string } | null {
  if (resolution.source !== null) return null;
  for (const candidate of resolution.candidates) {
    const code = failures[candidate.outcome];
    if (code !== undefined) return { candidate, code };
  }
  return null;
}
