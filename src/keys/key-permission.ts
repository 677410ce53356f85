import { describedEnum } from '../common/described-enum.js';
import type { TokenDemand } from '../audit/writer/use-record.js';
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
  readonly monthTokens: number;
  readonly monthRequests: number;
}

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
export type KeyRefusal = 'USE' | 'MODEL' | 'MONTH' | 'ENDPOINT';

/**
 * Why a key may not be used for something, as far as is known before its use is written down: two requests that come at
 * the same time may both find enough left, and the writer lets one of them through (audit/writer/month-counts.ts).
 */
export function findRefusal(
  limits: KeyLimits,
  { use, model, tokens, listsModels }: KeyDemand,
): KeyRefusal | null {
  const { allowedUses, allowedModels } = limits;
  if (allowedUses.length > 0 && !allowedUses.includes(use)) return 'USE';
  if (model !== null && allowedModels.length > 0 && !matchesAny(model, allowedModels)) return 'MODEL';
  return listsModels || hasRoom(limits, tokens) ? null : 'MONTH';
}

function hasRoom(
  { tokenLimit, requestLimit, monthTokens, monthRequests }: KeyLimits,
  tokens: TokenDemand | null,
): boolean {
  if (requestLimit !== null && monthRequests >= requestLimit) return false;
  if (tokenLimit === null) return true;
  const needed = tokens ? tokens.input + (tokens.output ?? 0) : 0;
  return monthTokens < tokenLimit && monthTokens + needed <= tokenLimit;
}

export function describeRefusal(provider: ProviderId, refusal: KeyRefusal): string {
  const key = `Your key for ${getProviderEntry(provider).displayName}`;
  switch (refusal) {
    case 'USE':
      return `${key} is not allowed for this use.`;
    case 'MODEL':
      return `${key} is not allowed for this model.`;
    case 'ENDPOINT':
      return `${key} may not be used: this server does not call its address.`;
    case 'MONTH':
      return `${key} has not enough left of its monthly limit.`;
  }
}
