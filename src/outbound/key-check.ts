import type { ErrorCode } from '../common/error-code.js';
import { type KeyVerdict, keyVerdictOf } from '../common/key-verdicts.js';
import type { Secret } from '../common/secret.js';
import { KeyLacksRightError, UpstreamError } from './upstream-error.js';

/** What a provider's answer says of a key that was tried. */
export interface KeyCheck {
  /** Null where it proves nothing. */
  readonly health: KeyVerdict['health'] | null;
  /** What was proven, or why nothing was: a sentence of our own. */
  readonly reason: string;
  readonly outcome: 'OK' | ErrorCode;
}

/** Tries keys, each with its provider's cheapest call. */
export interface KeyChecker {
  /**
   * Never spends more than the provider's cheapest call, and never throws what the provider or the network brought about.
   *
   * @throws `signal.reason` after an abort
   */
  check(key: Secret, signal: AbortSignal): Promise<KeyCheck>;
}

/**
 * @param ask calls the provider, and says what its answer proves
 * @throws what is no failure of the provider's, and `signal.reason` after an abort
 */
export async function toKeyCheck(ask: () => Promise<string>, signal: AbortSignal): Promise<KeyCheck> {
  try {
    return { health: 'VALID', reason: await ask(), outcome: 'OK' };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof UpstreamError)) throw error;
    return { ...verdictOf(error), outcome: error.code };
  }
}

function verdictOf(error: UpstreamError): Omit<KeyCheck, 'outcome'> {
  if (error instanceof KeyLacksRightError) {
    return {
      health: null,
      reason:
        'Not verified: the provider does not let this key list models, which proves nothing against it.',
    };
  }
  const { health = null, reason } = keyVerdictOf(error.code) ?? {};
  return {
    health,
    reason: reason ?? 'Not verified: the provider could not be reached, or its answer proves nothing.',
  };
}
