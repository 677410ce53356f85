import { ApolloProvider } from '@apollo/client/react';
import { type ReactNode, useEffect, useState } from 'react';
import { createApolloClient } from '../server/client';
import { forgetOperation } from '../server/last-operation';
import { createSocket } from '../server/socket';
import { SocketContext } from '../server/use-socket';
import { keptChat } from '../session/kept';
import { endSession } from '../session/session';
import { useSession } from '../session/use-session';

/** What a signed-in person's pages need: it lasts as long as the session, and goes with all that it holds. */
export function SignedIn({ children }: { readonly children: ReactNode }): ReactNode {
  const [{ socket, client }] = useState(() => {
    const socket = createSocket(endSession);
    return { socket, client: createApolloClient(socket, endSession) };
  });
  const token = useSession()?.token;
  const [openedWith] = useState(token);
  useEffect(() => {
    // A renewed token counts from the next connection on: the server closes the old one when the old token ends.
    if (token !== openedWith) socket.terminate();
  }, [token, openedWith, socket]);
  useEffect(
    () => () => {
      void socket.dispose();
      client.stop();
      forgetOperation();
    },
    [socket, client],
  );
  useEffect(() => {
    // A chat from before a reload goes on, whichever page is shown: without anybody, the server stops it.
    if (keptChat() !== null)
      void import('../pages/try/chat/conversation').then(
        ({ conversationOf }) => conversationOf(client),
        () => undefined,
      );
  }, [client]);
  return (
    <SocketContext value={socket}>
      <ApolloProvider client={client}>{children}</ApolloProvider>
    </SocketContext>
  );
}
