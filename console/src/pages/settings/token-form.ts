import type { AccessScope, CreateAccessTokenInput } from '../../generated/settings';
import { fromLocalTime } from '../../parts/local-time';

/** How long a token may last at the most is the API's rule: 366 days. */
export const LIFETIMES_DAYS = [7, 30, 90, 365] as const;
/** In the place of a number of days: a moment is entered. */
export const OTHER = 'OTHER';

export const scopes: readonly AccessScope[] = ['CHAT', 'SEARCH', 'KEYS_READ', 'KEYS_WRITE', 'AUDIT'];

export interface TokenForm {
  readonly name: string;
  readonly scopes: readonly AccessScope[];
  /** A number of days, or OTHER. */
  readonly lifetime: string;
  readonly expiresAt: string;
}

export const emptyTokenForm: TokenForm = { name: '', scopes: [], lifetime: '30', expiresAt: '' };

export type TokenMistake = 'name' | 'scopes' | 'expiresAt';

export function tokenMistakes({ name, scopes, lifetime, expiresAt }: TokenForm): readonly TokenMistake[] {
  const mistakes: (TokenMistake | false)[] = [
    name.trim() === '' && 'name',
    scopes.length === 0 && 'scopes',
    lifetime === OTHER && fromLocalTime(expiresAt) === null && 'expiresAt',
  ];
  return mistakes.filter((mistake) => mistake !== false);
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** @param form one without mistakes */
export function tokenInput(form: TokenForm, now: Date): CreateAccessTokenInput {
  const chosen = form.lifetime === OTHER ? fromLocalTime(form.expiresAt) : null;
  const expiresAt = chosen ?? new Date(now.getTime() + Number(form.lifetime) * DAY_MS).toISOString();
  return { name: form.name.trim(), scopes: form.scopes, expiresAt };
}
