import type { Socket } from 'node:net';

/**
 * Lets nothing move on a connection for as long as it takes: what its client waits for has a limit of its own.
 *
 * @returns what puts the limit back
 */
export function liftIdleTimeout(socket: Socket): () => void {
  const idleMs = socket.timeout ?? 0;
  socket.setTimeout(0);
  return () => void socket.setTimeout(idleMs);
}
