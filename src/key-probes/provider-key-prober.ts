import { Injectable } from '@nestjs/common';
import { withDeadline } from '../common/deadline.js';
import type { OpenedKey } from '../common/opened-key.js';
import { KeyProber, type ProbeResult } from '../keys/key-prober.js';
import type { KeyCheck } from '../outbound/key-check.js';
import { ProviderTimeoutError } from '../outbound/upstream-error.js';
import { ChatAdapters } from '../providers/chat/chat-adapters.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { SearchService } from '../providers/search/search.service.js';

/** Less than a mutation may take, in milliseconds. */
const LONGEST_MS = 10_000;

const TOO_LATE: ProbeResult = {
  verdict: null,
  reason: 'Not verified: the provider did not answer in time.',
  outcome: 'PROVIDER_TIMEOUT',
};

@Injectable()
export class ProviderKeyProber extends KeyProber {
  constructor(
    private readonly adapters: ChatAdapters,
    private readonly engines: SearchService,
  ) {
    super();
  }

  async probe(key: OpenedKey<ProviderId>, signal: AbortSignal): Promise<ProbeResult> {
    try {
      return await withDeadline(
        LONGEST_MS,
        signal,
        () => new ProviderTimeoutError(),
        async (inTime) => toResult(await this.check(key, inTime)),
      );
    } catch (error) {
      if (error instanceof ProviderTimeoutError && !signal.aborted) return TOO_LATE;
      throw error;
    }
  }

  private check(key: OpenedKey<ProviderId>, signal: AbortSignal): Promise<KeyCheck> {
    const isOfEngine = getProviderEntry(key.provider).kind === 'SEARCH' && key.endpoint === null;
    return isOfEngine ? this.engines.check(key, signal) : this.adapters.for(key).check(signal);
  }
}

const toResult = ({ health, reason, outcome }: KeyCheck): ProbeResult => ({
  verdict: health && { health, reason },
  reason,
  outcome,
});
