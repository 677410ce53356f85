import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import type { OpenTokens } from '../../auth/open-tokens.js';
import { atExpiry } from './token-expiry.js';

export type TokenEnd = 'EXPIRED' | 'REVOKED';

/**
 * Calls back once, when a user's token expires or is revoked; at once where it has expired already.
 *
 * @returns stops waiting
 */
export function atTokenEnd(
  { expiresAt, accessToken }: Pick<AuthenticatedUser, 'expiresAt' | 'accessToken'>,
  openTokens: OpenTokens,
  onEnd: (end: TokenEnd) => void,
): () => void {
  const stops: (() => void)[] = [];
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    for (const each of stops.splice(0)) each();
  };
  const endBy = (end: TokenEnd) => (): void => {
    if (isOver) return;
    stop();
    onEnd(end);
  };
  if (accessToken) stops.push(openTokens.watch(accessToken.id, endBy('REVOKED')));
  stops.push(atExpiry(expiresAt, endBy('EXPIRED')));
  return stop;
}
