import { type Environment, useProcesses } from '../support/server-process.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { CHAT, HELLO } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';

const CAN_FAIL = ['--import', new URL('../support/fail-on-message.mjs', import.meta.url).href];
/** The promise of docs/operations.md, in milliseconds. */
const WITHIN_MS = 5_000;
const ATTEMPTS = 3;
const KEY = 'key-of-alice-0123456789';

describe('an uncaught failure', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  /** A chat on a server that fails meanwhile; again where a busy machine took longer than a failing server waits. */
  async function failDuringChat(environment: Environment, how: string) {
    for (let attempt = 1; ; attempt += 1) {
      const server = await processes.start(environment, CAN_FAIL);
      processes.standIn.acceptKey('OPENAI', KEY);
      await server.storeKey('alice', 'OPENAI', KEY);
      processes.standIn.once('OPENAI', (exchange) => exchange.closedByClient);
      const socket = await server.socket('alice');
      socket.subscribe('1', CHAT, { input: { messages: HELLO } });
      await socket.next();

      server.child.send(how);
      const end = await Promise.race([socket.next(), socket.closed.then(() => null)]);
      if (end || attempt === ATTEMPTS) return { server, socket, end };
      await server.exited;
    }
  }

  it.each(['throw', 'reject', 'throw again and again'])(
    'ends the process in order, with a line in the log and code 1: %s',
    async (how) => {
      const environment = processes.environment(database.environment);
      const { server, socket, end } = await failDuringChat(environment, how);
      // The chat has an end, and its client is to come back to another process.
      expect(end).toMatchObject({
        payload: { data: { chat: { __typename: 'ChatFailed', error: { code: 'SERVICE_UNAVAILABLE' } } } },
      });
      expect(await socket.closed).toMatchObject({ code: 1001 });
      const { code, stdout } = await server.exited;
      expect(code).toBe(1);
      const lines = stdout.split('\n').filter((line) => line.includes('An uncaught failure'));
      expect(lines.length).toBeGreaterThan(0);
      expect(JSON.parse(lines[0]!)).toMatchObject({
        level: 60,
        err: { message: expect.stringContaining('on purpose') },
      });

      // And its end is written down.
      const restarted = await processes.start(environment);
      const { auditEvents } = await restarted.query(
        'alice',
        '{ auditEvents(first: 1) { edges { node { kind outcome } } } }',
      );
      expect(auditEvents.edges).toEqual([
        { node: { kind: 'CHAT_FINISHED', outcome: 'SERVICE_UNAVAILABLE' } },
      ]);
    },
  );

  it('ends it all the same where it cannot be stopped in order', async () => {
    const best = await bestOf(ATTEMPTS, WITHIN_MS, async () => {
      const server = await processes.start(processes.environment(database.environment), CAN_FAIL);
      server.child.send('throw while the database hangs');
      const took = await clockMs(server.exited);
      const { code, stdout } = await server.exited;
      expect(code).toBe(1);
      expect(stdout).toContain('An uncaught failure');
      return took;
    });
    expect(best).toBeLessThan(WITHIN_MS);
  });
});
