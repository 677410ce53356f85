import { CloseCode } from 'graphql-ws';
import { LONGEST_TIMER_MS } from '../config/parsers.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** Ends a connection with the token that opened it: its client connects again with a new one. */
export function closeAtExpiry(socket: ServerSocket, expiresAt: Date): void {
  // The client may have left while its token was checked: then nothing would stop the timer.
  if (socket.readyState !== socket.OPEN) return;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = expiresAt.getTime() - Date.now();
    if (left <= 0) {
      socket.close(CloseCode.Forbidden, 'The token has expired');
      return;
    }
    timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  wait();
  socket.once('closing', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}
