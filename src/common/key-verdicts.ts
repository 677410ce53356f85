import type { ErrorCode } from './error-code.js';

/** What a provider's answer says of a key. */
export interface KeyVerdict {
  readonly health: 'VALID' | 'REJECTED' | 'EXHAUSTED' | 'RATE_LIMITED';
  /** In plain words, where there is more to say. */
  readonly reason: string | null;
}

const verdicts: Partial<Record<string, KeyVerdict>> = {
  OK: { health: 'VALID', reason: null },
  KEY_REJECTED: { health: 'REJECTED', reason: 'The provider refused it.' },
  KEY_EXHAUSTED: { health: 'EXHAUSTED', reason: 'Its quota or credit with the provider is spent.' },
  PROVIDER_RATE_LIMITED: { health: 'RATE_LIMITED', reason: 'The provider limits how often it may be used.' },
} satisfies Partial<Record<ErrorCode | 'OK', KeyVerdict>>;

/** @param outcome `OK` or an error code @returns null where it says nothing of the key */
export const keyVerdictOf = (outcome: string): KeyVerdict | null => verdicts[outcome] ?? null;
