import { Agent, request } from 'node:http';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { mutate, type Draft, type Outgoing } from '../support/mutations/mutate.js';
import { recipe, type Recipe } from '../support/mutations/recipe.js';
import { httpRequests, OWN_KEY, webSocketMessages } from '../support/mutations/valid-requests.js';
import { ENCRYPTION_KEY } from '../support/server-process.js';
import { HELLO, JWT_SECRET, type RawSocket, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

// Ten thousand requests take their time on a busy machine.
jest.setTimeout(100_000);

/** Another one: `TEST_SEED=7 npm test -- test/security/mutated-requests`. */
const SEED = Number(process.env.TEST_SEED ?? 20_261_127);
const [OVER_HTTP, OVER_WEB_SOCKET, AT_ONCE] = [6_000, 4_000, 20];
const VICTIM = 'alice-7f3e';
const WORD = 'word-of-alice';
const KEY = 'key-of-alice-0123456789-al1c';
/** What no answer may hold, whatever was asked: what is the victim's, secrets, and what only a mistake of ours says. */
const FORBIDDEN = [
  ...[WORD, KEY, 'al1c', ENCRYPTION_KEY, JWT_SECRET, 'INTERNAL_SERVER_ERROR', 'node_modules', '    at '],
  ...['prisma.', 'SELECT ', 'violates', 'PrismaClient'],
];

describe(`valid requests that were changed at random, with the seed ${String(SEED)}`, () => {
  const running = useServerProcess();
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let theirs: string[];
  let authorization: string;

  beforeAll(async () => {
    const { server, standIn } = running();
    for (const key of [KEY, OWN_KEY]) standIn.acceptKey('OPENAI', key);
    standIn.acceptKey('TAVILY', OWN_KEY);
    const keyId = await server.storeKey(VICTIM, 'OPENAI', KEY);
    const name = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
    await server.query(VICTIM, name, { input: { keyId, name: WORD } });
    const messages = [...HELLO, { role: 'USER', content: WORD }];
    const [started] = await server.chatEvents(VICTIM, { messages, model: WORD });
    theirs = [keyId, started!.chatId, VICTIM];
    for (const provider of ['OPENAI', 'TAVILY']) await server.storeKey('mallory', provider, OWN_KEY);
    authorization = `Bearer ${await signToken('mallory')}`;
  });
  afterAll(() => agent.destroy());

  const forbiddenIn = (text: string): string[] => FORBIDDEN.filter((each) => text.includes(each));

  /** Throws with what was asked, where an answer is one that no request may have. */
  function check(what: Outgoing, status: number, text: string): void {
    const found = forbiddenIn(text);
    if (status < 500 && found.length === 0) return;
    const asked = `${what.method} ${what.path} ${JSON.stringify(what.headers)}\n${what.bytes.toString()}`;
    throw new Error(
      `${asked}\nis answered with ${String(status)}, ${found.join()}:\n${text.slice(0, 2_000)}`,
    );
  }

  /** Makes each of them, many at once; shrinks to the fewest changes that fail. */
  const runAll = (count: number, one: (each: Recipe) => Promise<void>): Promise<void> =>
    fc.assert(
      fc.asyncProperty(fc.array(recipe, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (recipes) => {
        await Promise.all(recipes.map(one));
      }),
      { seed: SEED, numRuns: count / AT_ONCE },
    );

  const made = ({ request: place, changes }: Recipe, drafts: readonly Draft[]): Outgoing =>
    mutate(drafts[place % drafts.length]!, changes, theirs);

  /** The answer, as far as there is one: a connection that is closed is none. */
  const send = ({ method, path, headers, bytes }: Outgoing) =>
    new Promise<readonly [status: number, text: string]>((resolve) => {
      const outgoing = request(`${running().server.url}${path}`, {
        ...{ method, agent, headers: { ...headers, 'content-length': bytes.length } },
      });
      outgoing.on('error', () => resolve([0, '']));
      outgoing.on('response', (response) => {
        let text = JSON.stringify(response.rawHeaders);
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('close', () => resolve([response.statusCode ?? 0, text]));
      });
      outgoing.end(bytes);
    });

  /** The same process, as well as before; and it had nothing to say that an operator has to look at. */
  async function expectWell(): Promise<void> {
    const { server } = running();
    expect(server.child.exitCode).toBeNull();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const [started] = await server.chatEvents(VICTIM, { messages: HELLO });
    expect(started).toMatchObject({ __typename: 'ChatStarted', keyId: theirs[0] });
  }

  it('were valid before', async () => {
    for (const draft of httpRequests(authorization)) {
      const [status, text] = await send(mutate(draft, [], theirs));
      const { query } = draft.body as { readonly query: string };
      // They name what is not there: what is, would soon be gone.
      if (/deleteMyData|acknowledgeKeyAlert|revokeAccessToken/.test(query)) continue;
      expect([query, status, text]).toEqual([
        query,
        expect.any(Number),
        expect.not.stringMatching(/GRAPHQL_|BAD_USER_INPUT/),
      ]);
    }
  });

  it(`get no 500 and no word of another user, ${String(OVER_HTTP)} of them over HTTP`, async () => {
    const drafts = httpRequests(authorization);
    const statuses = new Map<number, number>();
    await runAll(OVER_HTTP, async (each) => {
      const outgoing = made(each, drafts);
      const [status, text] = await send(outgoing);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      check(outgoing, status, text);
    });
    // Were they all refused by the first check, this would show little.
    expect(statuses.get(200)).toBeGreaterThan(OVER_HTTP / 10);
    await expectWell();
  });

  it(`nor do ${String(OVER_WEB_SOCKET)} of them over WebSocket`, async () => {
    const drafts = webSocketMessages(authorization);
    const free: RawSocket[] = [];
    const codes = new Map<number, number>();
    await runAll(OVER_WEB_SOCKET, async (each) => {
      const outgoing = made(each, drafts);
      const socket = free.pop() ?? (await running().server.socket('mallory'));
      let text = '';
      const listen = (data: Buffer): void => void (text += data.toString());
      socket.socket.on('message', listen);
      const answered = new Promise<0>((resolve) => socket.socket.once('pong', () => resolve(0)));
      socket.socket.send(outgoing.bytes.toString());
      socket.socket.ping();
      const closed = await Promise.race([answered, socket.closed]);
      socket.socket.off('message', listen);
      if (closed === 0) free.push(socket);
      const code = closed === 0 ? 0 : closed.code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      check(outgoing, code === 1011 || code === 4500 ? 500 : 0, text + JSON.stringify(closed));
    });
    for (const { socket } of free) socket.terminate();
    expect(codes.get(0)).toBeGreaterThan(OVER_WEB_SOCKET / 10);
    await expectWell();
  });

  it('leave nothing in the log that has to be looked at, and no secret', async () => {
    const { stdout, stderr } = await running().server.kill('SIGTERM');
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
    expect(stderr).toBe('');
    expect([KEY, OWN_KEY, ENCRYPTION_KEY, JWT_SECRET].filter((each) => stdout.includes(each))).toEqual([]);
  });
});
