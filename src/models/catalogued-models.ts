import { knownModelsOf } from '../catalogue/capabilities.js';
import type { ChatProviderId } from '../providers/registry/provider-ids.js';
import { fillModels, namedOnly } from './fill-models.js';
import type { Model } from './model.model.js';

/**
 * What this server knows of a provider's models.
 *
 * @param defaultModel of the provider, which the operator chose: it is there in any case, and first
 */
export function cataloguedModels(
  provider: ChatProviderId,
  defaultModel: string | null,
): Promise<readonly Model[]> {
  const known = knownModelsOf(provider).map(({ id }) => id);
  const ids = new Set(defaultModel === null ? known : [defaultModel, ...known]);
  return fillModels(provider, [...ids].map(namedOnly));
}
