import type { KeySource } from '../../generated/keys';
import type { Candidate } from './use-resolution';

/** Candidates that follow each other and are of the same party. */
export interface Run {
  readonly source: KeySource;
  readonly members: readonly Candidate[];
}

/** A search engine that is to be tried first has both its keys before those of the others. */
export function runsOf(candidates: readonly Candidate[]): readonly Run[] {
  const runs: { source: KeySource; members: Candidate[] }[] = [];
  for (const candidate of candidates) {
    const last = runs.at(-1);
    if (last?.source === candidate.source) last.members.push(candidate);
    else runs.push({ source: candidate.source, members: [candidate] });
  }
  return runs;
}
