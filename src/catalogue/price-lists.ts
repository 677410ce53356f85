import { calcPrice, findProvider, type ModelPrice, type Provider } from '@pydantic/genai-prices';
import { LRUCache } from 'lru-cache';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';

/** The longest name that a chat may give a model. The lists match names by patterns: no longer one is looked up. */
const LONGEST_NAME = 200;
/** Names that were looked up: models that do not exist, too, as users name them. */
const MOST_NAMES = 2_000;

/** A provider's list without all models but one. */
type OneModel = Provider;

const known = new LRUCache<string, OneModel | 'UNKNOWN'>({ max: MOST_NAMES });

/** What a model costs at a moment, as its provider's own list has it: no other provider's price is its price. */
export function findPrices(provider: ProviderId, model: string, at: Date): ModelPrice | null {
  if (model.length > LONGEST_NAME) return null;
  const key = `${provider} ${model}`;
  const list = known.get(key) ?? remember(key, findModel(provider, model, at));
  if (list === 'UNKNOWN') return null;
  // Some prices change with the date, or the time of day.
  return calcPrice({}, model, { provider: list, timestamp: at })?.model_price ?? null;
}

function remember(key: string, list: OneModel | 'UNKNOWN'): OneModel | 'UNKNOWN' {
  known.set(key, list);
  return list;
}

function findModel(id: ProviderId, model: string, at: Date): OneModel | 'UNKNOWN' {
  const entry = getProviderEntry(id);
  const list = entry.kind === 'CHAT' && entry.priceList && findProvider({ providerId: entry.priceList });
  if (!list) return 'UNKNOWN';
  // Some lists go on to another provider's where they lack a model.
  const own = { ...list, fallback_model_providers: [] };
  const found = calcPrice({}, model, { provider: own, timestamp: at });
  return found ? { ...own, models: [found.model] } : 'UNKNOWN';
}
