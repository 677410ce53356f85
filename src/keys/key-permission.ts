import { describedEnum } from '../common/described-enum.js';
import type { CostDemand, TokenDemand } from '../audit/writer/use-record.js';
import { tokenPricesOf } from '../catalogue/prices.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { type KeyPattern, matchesAny } from './model-patterns.js';

export const AllowedUse = describedEnum('KeyUse', 'What a key may be used for.', {
  CHAT: 'Chats.',
  SEARCH: 'Web searches that stand for themselves.',
  SEARCH_IN_CHAT: 'Web searches that the model of a chat asks for.',
});
export type AllowedUse = keyof typeof AllowedUse;

/** What a key's owner allows it for, and how much of this month is used. Empty lists and nulls: not limited. */
export interface KeyLimits {
  readonly allowedModels: readonly KeyPattern[];
  readonly allowedUses: readonly string[];
  readonly tokenLimit: number | null;
  readonly requestLimit: number | null;
  /** In picodollars, as what is used of it. */
  readonly costLimit: bigint | null;
  readonly monthTokens: number;
  readonly monthRequests: number;
  readonly monthCost: bigint;
}

/** The key that they are of, as far as they need it. */
type LimitedKey = KeyLimits & { readonly provider: ProviderId };

/** What a key is asked for. */
export interface KeyDemand {
  readonly use: AllowedUse;
  /** Null for a search. */
  readonly model: string | null;
  /** Null where it is not known, or a search. */
  readonly tokens: TokenDemand | null;
  /** It is to list the provider's models, which spends nothing of the month. */
  readonly listsModels?: true | undefined;
}

/** What a key's owner does not allow it for, or the operator its address. */
export type KeyRefusal = 'USE' | 'MODEL' | 'PRICE' | 'MONTH' | 'ENDPOINT';

/**
 * Why a key may not be used for something, as far as is known before its use is written down: two requests that come at
 * the same time may both find enough left, and the writer lets one of them through (audit/writer/month-counts.ts).
 */
export function findRefusal(
  key: LimitedKey,
  { use, model, tokens, listsModels }: KeyDemand,
): KeyRefusal | null {
  const { allowedUses, allowedModels, costLimit } = key;
  if (allowedUses.length > 0 && !allowedUses.includes(use)) return 'USE';
  if (model !== null && allowedModels.length > 0 && !matchesAny(model, allowedModels)) return 'MODEL';
  const cost = costDemandOf(key, model, tokens);
  if (costLimit !== null && model !== null && cost === null) return 'PRICE';
  if (listsModels) return null;
  return hasRequests(key) && hasTokens(key, tokens) && hasAmount(key, tokens, cost) ? null : 'MONTH';
}

const hasRequests = ({ requestLimit, monthRequests }: KeyLimits): boolean =>
  requestLimit === null || monthRequests < requestLimit;

function hasTokens({ tokenLimit, monthTokens }: KeyLimits, tokens: TokenDemand | null): boolean {
  if (tokenLimit === null) return true;
  const needed = tokens ? tokens.input + (tokens.output ?? 0) : 0;
  return monthTokens < tokenLimit && monthTokens + needed <= tokenLimit;
}

function hasAmount(
  { costLimit, monthCost }: KeyLimits,
  tokens: TokenDemand | null,
  cost: CostDemand | null,
): boolean {
  if (costLimit === null) return true;
  const needed = cost ? cost.input + cost.outputToken * BigInt(tokens?.output ?? 0) : 0n;
  return monthCost < costLimit && monthCost + needed <= costLimit;
}

/**
 * What a chat may cost now; null where the key's month has no amount, and where the model has no known price.
 *
 * @param tokens null where they are not known
 */
export function costDemandOf(
  { provider, costLimit }: LimitedKey,
  model: string | null,
  tokens: TokenDemand | null,
): CostDemand | null {
  if (costLimit === null || model === null) return null;
  const inputTokens = tokens?.input ?? 0;
  const { input, output } = tokenPricesOf(provider, model, new Date(), inputTokens);
  return input === null || output === null
    ? null
    : { input: input * BigInt(inputTokens), outputToken: output };
}

export function describeRefusal(provider: ProviderId, refusal: KeyRefusal): string {
  const key = `Your key for ${getProviderEntry(provider).displayName}`;
  switch (refusal) {
    case 'USE':
      return `${key} is not allowed for this use.`;
    case 'MODEL':
      return `${key} is not allowed for this model.`;
    case 'PRICE':
      return `${key} has a monthly amount, and this model has no known price.`;
    case 'ENDPOINT':
      return `${key} may not be used: this server does not call its address.`;
    case 'MONTH':
      return `${key} has not enough left of its monthly limit.`;
  }
}
