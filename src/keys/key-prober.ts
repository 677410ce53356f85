import type { OpenedKey } from '../common/opened-key.js';
import type { HealthVerdict } from '../audit/writer/use-record.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import type { KeyHealth } from './api-key.model.js';

/** What came of trying a key. */
export interface ProbeResult {
  /** Null where it proves nothing. */
  readonly verdict: (HealthVerdict & { readonly health: KeyHealth }) | null;
  /** What was proven, or why nothing was: words of our own. */
  readonly reason: string;
  /** `OK` or an error code. */
  readonly outcome: string;
}

/**
 * Tries keys with their providers. What does it can reach the internet and not the vault: it stands outside this folder, and
 * gets one key at a time.
 */
export abstract class KeyProber {
  /** @throws `signal.reason` after an abort; never what the provider or the network brought about */
  abstract probe(key: OpenedKey<ProviderId>, signal: AbortSignal): Promise<ProbeResult>;
}
