import type { KeyUse, MonthlyLimitInput, UpdateApiKeyInput } from '../../generated/keys';
import { fromLocalTime, toLocalTime } from '../../parts/local-time';
import type { Key } from './places';

/** What is in the fields. */
export interface LimitsForm {
  /** A pattern in each line. */
  readonly models: string;
  readonly uses: readonly KeyUse[];
  readonly requests: string;
  readonly tokens: string;
  readonly cost: string;
  readonly expiresAt: string;
}

export const limitsFormOf = ({ allowedModels, allowedUses, monthlyLimit, expiresAt }: Key): LimitsForm => ({
  models: (allowedModels ?? []).join('\n'),
  uses: allowedUses ?? [],
  requests: textOf(monthlyLimit?.requests),
  tokens: textOf(monthlyLimit?.tokens),
  cost: monthlyLimit?.cost?.amount ?? '',
  expiresAt: toLocalTime(expiresAt),
});

const textOf = (number: number | null | undefined): string =>
  typeof number === 'number' ? String(number) : '';

/**
 * The fields that hold no number, where one is wanted. The API judges everything else.
 *
 * @param hasHalfMoment whether a moment is half entered: its text is empty then, which would mean never
 */
export function mistakesIn(
  { requests, tokens, cost }: LimitsForm,
  hasHalfMoment: boolean,
): ReadonlySet<keyof LimitsForm> {
  const mistakes = new Set<keyof LimitsForm>();
  if (!isEmpty(requests) && !isCount(requests)) mistakes.add('requests');
  if (!isEmpty(tokens) && !isCount(tokens)) mistakes.add('tokens');
  if (!isEmpty(cost) && !isAmount(cost)) mistakes.add('cost');
  if (hasHalfMoment) mistakes.add('expiresAt');
  return mistakes;
}

const isEmpty = (text: string): boolean => text.trim() === '';

function isCount(text: string): boolean {
  const number = Number(text);
  return /^\s*\d+\s*$/.test(text) && Number.isSafeInteger(number) && number > 0;
}

const isAmount = (text: string): boolean =>
  /^\s*\d{1,10}(?:[.,]\d{1,12})?\s*$/.test(text) && /[1-9]/.test(text);

/** What is to be changed: what is as it was is left out, and what was emptied is null. */
export function changesOf(form: LimitsForm, before: LimitsForm): Omit<UpdateApiKeyInput, 'keyId'> {
  const isChanged = (...fields: (keyof LimitsForm)[]): boolean =>
    fields.some((field) => String(form[field]) !== String(before[field]));
  const models = form.models.split('\n').flatMap((line) => line.trim() || []);
  return {
    ...(isChanged('models') && { allowedModels: models.length > 0 ? models : null }),
    ...(isChanged('uses') && { allowedUses: form.uses.length > 0 ? form.uses : null }),
    ...(isChanged('requests', 'tokens', 'cost') && { monthlyLimit: monthOf(form) }),
    ...(isChanged('expiresAt') && { expiresAt: fromLocalTime(form.expiresAt) }),
  };
}

function monthOf({ requests, tokens, cost }: LimitsForm): MonthlyLimitInput | null {
  if (isEmpty(requests) && isEmpty(tokens) && isEmpty(cost)) return null;
  return {
    requests: isEmpty(requests) ? null : Number(requests),
    tokens: isEmpty(tokens) ? null : Number(tokens),
    cost: isEmpty(cost) ? null : { amount: cost.trim().replace(',', '.'), currency: 'USD' },
  };
}
