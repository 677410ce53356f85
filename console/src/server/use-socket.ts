import type { Client } from 'graphql-ws';
import { createContext, useContext } from 'react';

export const SocketContext = createContext<Client | null>(null);

/** The WebSocket of the session. */
export function useSocket(): Client {
  const socket = useContext(SocketContext);
  if (socket === null) throw new Error('useSocket needs a signed-in person.');
  return socket;
}
