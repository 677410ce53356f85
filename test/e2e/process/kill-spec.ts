import { createDatabase, databaseKinds, type TestDatabase } from '../../support/database.js';
import { withDatabase } from '../../support/sealed-keys.js';
import { type ServerProcess, useProcesses } from '../../support/server-process.js';
import { NO_LIMITS } from '../../support/test-server.js';

const WRITERS = 20;
/** Acknowledged writes after which the server is killed, while the others are under way. */
const ENOUGH = 60;
const KEYS = '{ apiKeys { id } }';
const ENDS = '{ auditEvents(first: 200, filter: { kinds: [CHAT_FINISHED] }) { edges { node { chatId } } } }';
const CHATTERS = ['alice', 'bob', 'carol', 'dave'];

describe.each(databaseKinds)('a server on %s that is killed', (kind) => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
  });
  afterEach(() => database.drop());

  it('has every write that it acknowledged when it is back', async () => {
    const environment = processes.environment(database.environment);
    const server = await processes.start(environment);
    const acknowledged = await writeUntilKilled(server);
    expect(acknowledged.size).toBeGreaterThanOrEqual(ENOUGH);

    const restarted = await processes.start(environment);
    for (const [userId, keyId] of acknowledged) {
      expect(await restarted.query(userId, KEYS)).toEqual({ apiKeys: [{ id: keyId }] });
    }
    // And they open: sealed record and row were written together.
    const [userId = ''] = acknowledged.keys();
    processes.standIn.acceptKey('OPENAI', keyOf(userId));
    expect((await restarted.chatEvents(userId, {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });
});

describe.each(databaseKinds)('a server on %s that is killed while chats end', (kind) => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
  });
  afterEach(() => database.drop());

  it('has every end that it has shown when it is back, and has counted each once', async () => {
    const environment = { ...processes.environment(database.environment), ...NO_LIMITS };
    const server = await processes.start(environment);
    for (const userId of CHATTERS) {
      processes.standIn.acceptKey('OPENAI', keyOf(userId));
      await server.storeKey(userId, 'OPENAI', keyOf(userId));
    }
    const ended = await chatUntilKilled(server);
    expect(ended.size).toBeGreaterThanOrEqual(ENOUGH);

    const restarted = await processes.start(environment);
    for (const userId of CHATTERS) {
      const rows = await endsOf(restarted, userId);
      const shown = [...ended].filter(([, of]) => of === userId).map(([chatId]) => chatId);
      const written = rows.map(({ chatId }) => chatId);
      expect(written).toEqual(expect.arrayContaining(shown));
      expect(new Set(written).size).toBe(written.length);
      const { usage, apiKeys } = await restarted.query(
        userId,
        '{ usage { totals { chats } } apiKeys { health } }',
      );
      expect([usage.totals.chats, apiKeys]).toEqual([written.length, [{ health: 'VALID' }]]);
    }
    // What it had no time to link is linked by now, and its chain is closed.
    await restarted.kill('SIGTERM');
    const verification = await processes.run('dist/cli/audit-verify.js', environment);
    expect(verification).toMatchObject({ code: 0, stderr: '' });
    expect(verification.stdout).toContain('All is right.');
    expect(await countUnlinked(database)).toBe(0);
  });
});

describe('the lock on the embedded database', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  it('keeps a second server out, which says why and exits 1; the first goes on', async () => {
    const environment = processes.environment(database.environment);
    const first = await processes.start(environment);
    const second = await processes.refusal(environment);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(
      `Another process has the embedded database in ${String(environment.DATA_DIR)} open`,
    );
    expect(await first.query('alice', KEYS)).toEqual({ apiKeys: [] });
  });

  it('keeps migrations out while a server runs', async () => {
    const environment = processes.environment(database.environment);
    await processes.start(environment);
    const migration = await processes.run('dist/cli/migrate.js', environment);
    expect(migration.code).toBe(1);
    expect(migration.stderr).toContain('Another process has the embedded database');
  });

  it('ends with a process that is killed', async () => {
    const environment = processes.environment(database.environment);
    const first = await processes.start(environment);
    expect(await first.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    const second = await processes.start(environment);
    expect(await second.query('alice', KEYS)).toEqual({ apiKeys: [] });
  });
});

const countUnlinked = (database: TestDatabase): Promise<number> =>
  withDatabase(database, async ({ client }) => {
    const [row] = await client.$queryRaw<{ count: number }[]>`
      SELECT count(*)::integer AS count FROM audit_events
      WHERE NOT EXISTS (SELECT FROM audit_links WHERE event_id = audit_events.id)`;
    return row!.count;
  });

const keyOf = (userId: string): string => `key-of-${userId}-0123456789`;

/** Many users store a key each, some at a time, until enough are acknowledged: then the server is killed. */
async function writeUntilKilled(server: ServerProcess): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  const isKilled = (): boolean => server.child.killed;
  let next = 0;
  const write = async (): Promise<void> => {
    while (!isKilled()) {
      const userId = `user-${String(next++)}`;
      try {
        acknowledged.set(userId, await server.storeKey(userId, 'OPENAI', keyOf(userId)));
      } catch (error) {
        if (!isKilled()) throw error;
      }
      if (acknowledged.size >= ENOUGH) server.child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await server.exited;
  return acknowledged;
}

/** Some users have a chat after the other, several at a time, until enough have ended: then the server is killed. */
async function chatUntilKilled(server: ServerProcess): Promise<Map<string, string>> {
  const ended = new Map<string, string>();
  const chat = async (userId: string): Promise<void> => {
    try {
      while (!server.child.killed) {
        const last = (await server.chatEvents(userId, {})).at(-1);
        expect(last).toMatchObject({ __typename: 'ChatCompleted' });
        ended.set(last!.chatId, userId);
        if (ended.size >= ENOUGH) server.child.kill('SIGKILL');
      }
    } catch (error) {
      if (!server.child.killed) throw error;
    }
  };
  await Promise.race([
    Promise.all(CHATTERS.flatMap((userId) => Array.from({ length: 5 }, () => chat(userId)))),
    server.exited,
  ]);
  await server.exited;
  return ended;
}

async function endsOf(server: ServerProcess, userId: string): Promise<{ chatId: string }[]> {
  const { auditEvents } = await server.query(userId, ENDS);
  return auditEvents.edges.map(({ node }: any) => node);
}
