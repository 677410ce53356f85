import { EndpointAddress } from '../common/endpoint-address.js';
import type { EndpointKey, ProviderKey } from '../common/opened-key.js';
import type { Secret } from '../common/secret.js';
import {
  type EndpointProviderId,
  isEndpointProvider,
  type OperatedProviderId,
  type ProviderId,
} from '../providers/registry/provider-ids.js';
import type { KeyEndpoint } from '../crypto/seal-context.js';

/** Where a user's key belongs, as its record says: what opened, was sealed with that. */
export interface KeyRecordPlace {
  readonly provider: ProviderId;
  readonly endpoint: KeyEndpoint | null;
}

/**
 * A user's key with the only way that it may go.
 *
 * @param secret is destroyed where there is no such way
 * @throws Error for a record like none that is stored: of a provider with an address and an endpoint's at once, or of neither
 */
export function openedKeyOf(
  { provider, endpoint }: KeyRecordPlace,
  secret: Secret,
): ProviderKey<OperatedProviderId> | EndpointKey<EndpointProviderId> {
  if (!isEndpointProvider(provider) && endpoint === null)
    return { provider, source: 'USER', secret, endpoint: null };
  try {
    if (isEndpointProvider(provider) && endpoint !== null)
      return { provider, source: 'USER', secret, endpoint: EndpointAddress.read(endpoint.baseUrl) };
    throw new Error('A key has either a provider with an address, or an endpoint.');
  } catch (error) {
    secret.destroy();
    throw error;
  }
}
