import { CloseCode } from 'graphql-ws';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import type { OpenTokens } from '../../auth/open-tokens.js';
import { atTokenEnd } from '../every-door/token-end.js';
import type { ServerSocket } from './websocket-server-socket.js';

const REASONS = { EXPIRED: 'The token has expired', REVOKED: 'The token was revoked' } as const;

/** Ends a connection with the token that opened it: its client connects again with a new one. */
export function closeAtTokenEnd(
  socket: ServerSocket,
  user: Pick<AuthenticatedUser, 'expiresAt' | 'accessToken'>,
  openTokens: OpenTokens,
): void {
  // The client may have left while its token was checked: then nothing would stop the timer.
  if (socket.readyState !== socket.OPEN) return;
  const stopWaiting = atTokenEnd(user, openTokens, (end) => socket.close(CloseCode.Forbidden, REASONS[end]));
  socket.once('closing', stopWaiting);
  socket.once('close', stopWaiting);
}
