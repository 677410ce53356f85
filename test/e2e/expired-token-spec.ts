import { type Door, doors } from '../support/doors.js';
import { multipart, RawStream, serverSentEvents, type StreamForm } from '../support/raw-stream.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { expectNoGaps, Watcher } from '../support/survival-cases.js';
import { CHAT, HELLO, RawSocket, signToken, textOf, type TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

/** Fifteen seconds are allowed for clocks that differ: this one is good for two more. */
const NEARLY_EXPIRED = '13 seconds ago';

/** A chat whose token expires in a moment: the id of the chat, and what its client sees of the end. */
type Expiring = (server: TestServer, token: string) => Promise<{ chatId: string; over: Promise<unknown> }>;

const query = { query: CHAT, variables: { input: { messages: HELLO } } };

const streamed =
  (form: StreamForm): Expiring =>
  async (server, token) => {
    const stream = await RawStream.open(server.url, query, { authorization: `Bearer ${token}` }, form);
    const { chatId } = (await stream.next())!.data.data.chat;
    const over = (async () => {
      for (let message = await stream.next(); message; message = await stream.next()) {
        if (message.event === 'complete') return 'complete';
      }
      return 'closed';
    })();
    return { chatId, over };
  };

const expiring: Record<string, Expiring> = {
  WebSocket: async (server, token) => {
    const socket = await RawSocket.open(server.webSocketUrl, {});
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await socket.next();
    socket.send({ id: '1', type: 'subscribe', payload: query });
    const { payload } = await socket.next();
    return { chatId: payload.data.chat.chatId as string, over: socket.closed.then(({ code }) => code) };
  },
  'server-sent events': streamed(serverSentEvents),
  multipart: streamed(multipart),
};

describe('a token that expires in mid-answer', () => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '20000' });

  it.each(doors)(
    'closes its stream, and the chat goes on: a fresh one resumes ($name)',
    async (door: Door) => {
      await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      const upstream = new ScriptedChat(server().standIn);
      const { chatId, over } = await expiring[door.name]!(server(), await signToken('alice', NEARLY_EXPIRED));
      await upstream.say('one');
      expect(await over).toBe(door.name === 'WebSocket' ? 4403 : 'closed');
      await upstream.say(' two');
      const resumed = await Watcher.resume(server(), chatId, 0, 'alice', door);
      await resumed.until('one two');
      await upstream.end();
      const events = await (await Watcher.resume(server(), chatId)).rest();
      expectNoGaps(events);
      expect(textOf(events)).toBe('one two');
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      await resumed.rest();
    },
  );
});
