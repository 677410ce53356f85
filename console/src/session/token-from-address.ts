import { settings } from '../app/settings';

/**
 * Takes `#token=…` out of the address and the history.
 *
 * @returns the token, outside production; in production null: a stranger's link would sign people into his account
 */
export function tokenFromAddress(): string | null {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get('token');
  if (token === null) return null;
  window.history.replaceState(null, '', pathname + search);
  return settings.production || token === '' ? null : token;
}
