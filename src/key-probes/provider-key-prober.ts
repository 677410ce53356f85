import { Injectable } from '@nestjs/common';
import { withDeadline } from '../common/deadline.js';
import type { Secret } from '../common/secret.js';
import { KeyProber, type ProbeDestination, type ProbeResult } from '../keys/key-prober.js';
import type { KeyCheck } from '../outbound/key-check.js';
import { ProviderTimeoutError } from '../outbound/upstream-error.js';
import { ChatAdapters } from '../providers/chat/chat-adapters.js';
import { getProviderEntry } from '../providers/registry/provider-ids.js';
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

  async probe(destination: ProbeDestination, key: Secret, signal: AbortSignal): Promise<ProbeResult> {
    try {
      return await withDeadline(
        LONGEST_MS,
        signal,
        () => new ProviderTimeoutError(),
        async (inTime) => toResult(await this.check(destination, key, inTime)),
      );
    } catch (error) {
      if (error instanceof ProviderTimeoutError && !signal.aborted) return TOO_LATE;
      throw error;
    }
  }

  private check(destination: ProbeDestination, key: Secret, signal: AbortSignal): Promise<KeyCheck> {
    const { provider } = destination;
    return getProviderEntry(provider).kind === 'CHAT'
      ? this.adapters.for(destination).check(key, signal)
      : this.engines.check(provider, key, signal);
  }
}

const toResult = ({ health, reason, outcome }: KeyCheck): ProbeResult => ({
  verdict: health && { health, reason },
  reason,
  outcome,
});
