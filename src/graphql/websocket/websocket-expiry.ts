import { CloseCode } from 'graphql-ws';
import { atExpiry } from '../every-door/token-expiry.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** Ends a connection with the token that opened it: its client connects again with a new one. */
export function closeAtExpiry(socket: ServerSocket, expiresAt: Date): void {
  // The client may have left while its token was checked: then nothing would stop the timer.
  if (socket.readyState !== socket.OPEN) return;
  const stopWaiting = atExpiry(expiresAt, () => socket.close(CloseCode.Forbidden, 'The token has expired'));
  socket.once('closing', stopWaiting);
  socket.once('close', stopWaiting);
}
