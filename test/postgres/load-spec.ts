import pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { CHAT, HELLO, NO_LIMITS, type RawSocket } from '../support/test-server.js';

const KEY = 'key-of-the-server-0123456789';

/** How a chat ended for its client: its last event's type, or the error in place of the first. */
interface End {
  readonly event: string | null;
  readonly error: {
    readonly message: string;
    readonly extensions: {
      readonly code: string;
      readonly retryable: boolean;
      readonly retryAfterMs?: number;
    };
  } | null;
}

/** Begins so many chats on one connection at the same moment; resolves with the ends of all. */
async function chatsOn(socket: RawSocket, count: number): Promise<End[]> {
  const input = { provider: 'OPENAI', messages: HELLO };
  for (let index = 0; index < count; index += 1) socket.subscribe(String(index), CHAT, { input });
  const ends: End[] = [];
  const last = new Map<string, string>();
  while (ends.length < count) {
    const { id, type, payload } = (await socket.next()) as { id: string; type: string; payload: any };
    if (type === 'next' && payload.data) last.set(id, payload.data.chat.__typename as string);
    else if (type === 'next') ends.push({ event: null, error: payload.errors[0] as End['error'] });
    else if (type === 'complete' && last.has(id)) ends.push({ event: last.get(id)!, error: null });
  }
  return ends;
}

/** What a packet takes to the database and back, in milliseconds. */
const FAR_MS = 20;

describe('many chats that begin at the same moment', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    processes.standIn.acceptKey('OPENAI', KEY);
  });
  afterEach(() => database.drop());

  const start = async (url = database.environment.DATABASE_URL!): Promise<void> => {
    const environment = processes.environment({ ...database.environment, DATABASE_URL: url });
    server = await processes.start({ ...environment, ...NO_LIMITS, OPENAI_API_KEY: KEY });
  };

  const sockets = (count: number): Promise<RawSocket[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => server.socket(`user ${String(index)}`)));

  async function countEvents(): Promise<Record<string, number>> {
    const client = new pg.Client({ connectionString: database.environment.DATABASE_URL! });
    await client.connect();
    try {
      const { rows } = await client.query<{ kind: string; count: number }>(
        'SELECT kind, count(*)::int AS count FROM audit_events GROUP BY kind',
      );
      return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
    } finally {
      await client.end();
    }
  }

  it('all run: 200 over 20 connections', async () => {
    await start();
    const opened = await sockets(20);
    const ends = (await Promise.all(opened.map((socket) => chatsOn(socket, 10)))).flat();
    expect(ends).toEqual(Array(200).fill({ event: 'ChatCompleted', error: null }));
    expect(await countEvents()).toMatchObject({ KEY_USED: 200, CHAT_FINISHED: 200 });
  });

  it('each run, or are refused for what is true, and nothing is spent on those: 2,000 over 400 connections', async () => {
    const url = database.environment.DATABASE_URL!;
    const proxy = await NetworkProxy.start(url, FAR_MS);
    await start(proxy.urlOf(url));
    const opened = await sockets(400);
    const ends = (await Promise.all(opened.map((socket) => chatsOn(socket, 5)))).flat();
    const ran = ends.filter(({ event }) => event === 'ChatCompleted').length;
    const refused = ends.flatMap(({ error }) => error ?? []);
    expect(ran + refused.length).toBe(2_000);
    expect(ran).toBeGreaterThan(200);
    for (const { message, extensions } of refused) {
      expect(message).toBe('This server is busy. Try again.');
      expect(extensions).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        retryable: true,
        retryAfterMs: expect.any(Number),
      });
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(processes.standIn.requests).toHaveLength(ran);
    expect(await countEvents()).toMatchObject({ KEY_USED: ran, CHAT_FINISHED: ran });
    // It is as it was before.
    expect((await server.chatEvents('late', { provider: 'OPENAI' })).at(-1)).toMatchObject({
      __typename: 'ChatCompleted',
    });
    await proxy.stop();
  });
});
