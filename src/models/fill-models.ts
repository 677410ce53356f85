import { capabilitiesOf } from '../catalogue/capabilities.js';
import { isForChats } from '../catalogue/is-for-chats.js';
import { priceOf } from '../catalogue/prices.js';
import { CURRENCY } from '../common/cost.js';
import { turnIsOver } from '../common/event-loop-turn.js';
import type { ListedModel } from '../providers/chat/listed-model.js';
import { type ChatProviderId, isEndpointProvider } from '../providers/registry/provider-ids.js';
import type { Model } from './model.model.js';

/**
 * Models as they are shown: what their API does not say, the catalogue may. Those are left out that one cannot chat with, as
 * the catalogue says. It takes some microseconds for each, and the first time a tenth of a millisecond.
 */
export async function fillModels(
  provider: ChatProviderId,
  listed: readonly ListedModel[],
): Promise<readonly Model[]> {
  const at = new Date();
  const models: Model[] = [];
  for (const said of listed) {
    const pause = turnIsOver();
    if (pause) await pause;
    const model = isEndpointProvider(provider) ? shown(said) : withCatalogue(provider, said, at);
    if (model) models.push(model);
  }
  return models;
}

/** At an endpoint of a user, what is called like a model that is known may be another one. */
const shown = ({ id, displayName, input, price, ...said }: ListedModel): Model => ({
  ...said,
  id,
  displayName: displayName ?? id,
  input: [...(input ?? (['TEXT'] as const))],
  price: price && { currency: CURRENCY, ...price },
});

function withCatalogue(provider: ChatProviderId, said: ListedModel, at: Date): Model | null {
  const { id } = said;
  if (!isForChats(provider, id, at)) return null;
  const known = capabilitiesOf(provider, id);
  return shown({
    id,
    displayName: said.displayName ?? known?.displayName ?? null,
    contextTokens: said.contextTokens ?? known?.contextTokens ?? null,
    outputTokens: said.outputTokens ?? known?.outputTokens ?? null,
    input: said.input ?? known?.input ?? null,
    tools: said.tools ?? known?.tools ?? null,
    reasoning: said.reasoning ?? known?.reasoning ?? null,
    price: said.price ?? priceOf(provider, id, at),
  });
}

/** A model that nobody was asked about: all else that is shown of it is what the catalogue knows. */
export const namedOnly = (id: string): ListedModel => ({
  ...{ id, displayName: null, contextTokens: null, outputTokens: null, input: null },
  ...{ tools: null, reasoning: null, price: null },
});
