import { BadUserInputError, type Violation } from '../common/input-errors.js';
import type { ProviderKind } from '../common/provider-definition.js';
import { getProviderEntry, type ProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import type { KeyLimitsInput } from './key-limits.input.js';
import { checkPatternsAreNoKeys } from './key-shape.js';
import type { LimitChanges } from './keys.repository.js';

/**
 * Whether limits mean something to a provider: one that has no effect would only seem to limit the key.
 *
 * @throws BadUserInputError BAD_USER_INPUT naming each that does not
 */
export function checkLimits(input: KeyLimitsInput, provider: ProviderId): void {
  const { kind } = getProviderEntry(provider);
  const violations = [...violationsOfMonth(input, provider), ...violationsOfUses(input, kind)];
  if (kind === 'SEARCH' && input.allowedModels) {
    violations.push({
      path: 'input.allowedModels',
      message: 'must be left out: search engines have no models',
    });
  }
  if (violations.length > 0) throw new BadUserInputError(violations);
  checkPatternsAreNoKeys(input.allowedModels);
}

function violationsOfMonth({ monthlyLimit }: KeyLimitsInput, provider: ProviderId): Violation[] {
  if (!monthlyLimit) return [];
  const { tokens = null, requests = null, cost = null } = monthlyLimit;
  if (tokens === null && requests === null && cost === null)
    return [
      { path: 'input.monthlyLimit', message: 'must have tokens, requests or cost; null removes the limit' },
    ];
  const entry = getProviderEntry(provider);
  const violations: Violation[] = [];
  if (entry.kind === 'SEARCH' && tokens !== null)
    violations.push({
      path: 'input.monthlyLimit.tokens',
      message: 'must be left out: search engines report no tokens',
    });
  if (cost !== null && !hasPrices(entry))
    violations.push({
      path: 'input.monthlyLimit.cost',
      message: `must be left out: no prices are known for ${entry.displayName}`,
    });
  return violations;
}

const hasPrices = (entry: ProviderEntry): boolean => entry.kind === 'CHAT' && Boolean(entry.priceList);

const usesOf: Readonly<Record<ProviderKind, readonly string[]>> = {
  CHAT: ['CHAT'],
  SEARCH: ['SEARCH', 'SEARCH_IN_CHAT'],
};

function violationsOfUses({ allowedUses }: KeyLimitsInput, kind: ProviderKind): Violation[] {
  const possible = usesOf[kind];
  if (!allowedUses || allowedUses.every((use) => possible.includes(use))) return [];
  return [
    { path: 'input.allowedUses', message: `must be of ${possible.join(', ')}, what this provider is for` },
  ];
}

/** @throws BadUserInputError BAD_USER_INPUT for a use that no provider of the kind is for */
export function checkUse(use: string | null | undefined, kind: ProviderKind): void {
  const possible = usesOf[kind];
  if (!use || possible.includes(use)) return;
  throw BadUserInputError.at('use', `must be of ${possible.join(', ')} for this kind of request`);
}

/** @throws BadUserInputError BAD_USER_INPUT for a key that would have expired before it is stored */
export function checkIsAhead(expiresAt: Date | null | undefined): void {
  if (!expiresAt || expiresAt.getTime() > Date.now()) return;
  throw BadUserInputError.at('input.expiresAt', 'must be in the future');
}

/** Those that an input names. */
export function limitsIn({ allowedModels, allowedUses, monthlyLimit }: KeyLimitsInput): LimitChanges {
  return {
    ...(allowedModels !== undefined && { allowedModels: allowedModels && [...new Set(allowedModels)] }),
    ...(allowedUses !== undefined && { allowedUses: allowedUses && [...new Set(allowedUses)] }),
    ...(monthlyLimit !== undefined && { monthlyLimit }),
  };
}
