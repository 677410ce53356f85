import { sendBytes } from '../support/exchange.js';
import { CHAT, HELLO, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

/** What would be a line of its own, move a terminal's cursor, or end the text that it stands in. */
const pieces = [
  'x\n{"level":60,"time":1,"pid":1,"msg":"forged"}\n',
  'x\r\n{"level":60,"msg":"forged"}',
  'x\u2028{"level":60,"msg":"forged"}\u0085',
  'x\u001b[2J\u001b[1;31mforged\u0007',
  'x","msg":"forged","a":"',
  'x\\","msg":"forged',
  'x\u0000\u0008\u009bforged',
];
/** Those that a token's `sub` may have. */
const users = [
  'bob","msg":"forged","a":"',
  'bob\\","msg":"forged',
  "bob'} {msg: forged}",
  'bob %s %o %j forged',
];

describe('names and words that try to write the log', () => {
  const running = useServerProcess({ LOG_LEVEL: 'trace' });

  it('write no line of it, and no character that is more than itself', async () => {
    const { server, standIn } = running();
    const key = 'key-of-alice-0123456789';
    standIn.acceptKey('OPENAI', key);
    for (const user of ['alice', ...users]) await server.storeKey(user, 'OPENAI', key);
    for (const piece of pieces) {
      const store = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
      await server.post('alice', store, { input: { provider: 'OPENAI', apiKey: key, name: piece } });
      await server.post('alice', store, { input: { provider: piece, apiKey: piece } });
      await server.post('alice', `query ${piece} { viewer { id } }`);
      await server.post('alice', `{ viewer { ${piece} } }`, { [piece]: piece });
      const search = 'query ($input: WebSearchInput!) { webSearch(input: $input) { tookMs } }';
      await server.post('alice', search, { input: { query: piece } });
      for (const input of [
        { model: piece },
        { requestId: piece },
        { messages: [{ role: 'USER', content: piece }] },
      ])
        await server.post('alice', CHAT.replace('subscription', 'query'), {
          input: { messages: HELLO, ...input },
        });
      const socket = await server.socket('alice');
      for (const [id, input] of [{ model: piece }, { model: 'gpt', requestId: piece }].entries()) {
        socket.subscribe(String(id), CHAT, { input: { messages: HELLO, ...input } });
        while ((await socket.next()).type !== 'complete');
      }
      socket.socket.terminate();
      const headers = `authorization: Bearer ${await signToken('alice')}\r\nhost: x\r\nconnection: close`;
      const bytes = piece.replaceAll(/[\r\n\0]/g, '\u001b');
      for (const header of ['x-request-id', 'user-agent', 'referer', 'x-forwarded-for'])
        await sendBytes(
          server.url,
          `GET /${encodeURIComponent(piece)} HTTP/1.1\r\n${headers}\r\n${header}: ${bytes}\r\n\r\n`,
        );
      await sendBytes(server.url, `GET /${bytes} HTTP/1.1\r\n${headers}\r\n\r\n`);
    }
    for (const user of users) {
      const events = await server.chatEvents(user, { model: 'gpt","msg":"forged' });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    }
    const { stdout, stderr } = await server.kill('SIGTERM');
    expect(stderr).toBe('');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(
      lines.filter(({ pid, msg }) => pid !== server.child.pid || String(msg).includes('forged')),
    ).toEqual([]);
    // They are there, as what they are: the users of chats that ended.
    const ended = lines.filter(({ msg }) => msg === 'chat ended').map(({ userId }) => userId);
    expect(ended).toEqual(expect.arrayContaining(users));
  });
});
