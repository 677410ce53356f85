import { createToken, inDays, type MadeToken, revokeToken } from '../support/access-tokens.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/database-commands.js';
import { doors } from '../support/doors.js';
import { TestServer } from '../support/test-server.js';
import { emptyServer } from '../support/use-test-server.js';

/** The promise of docs/access-tokens.md, in milliseconds. */
const WITHIN_MS = 5_000;
const ALERTS = 'subscription { keyAlerts { id } }';
const KEYS = '{ apiKeys { id } }';
const DELETE = 'mutation { deleteMyData(confirmUserId: "alice") { deletedKeys } }';

describe('two servers that share nothing but a database', () => {
  let database: TestDatabase;
  let here: TestServer;
  let there: TestServer;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    here = await TestServer.start(database.environment);
    there = await TestServer.start(database.environment, here);
  });
  beforeEach(() => emptyServer(here));
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await database.drop();
  });

  const revocations: Record<string, (token: MadeToken) => Promise<unknown>> = {
    revokeAccessToken: ({ id }) => revokeToken(here, 'alice', id),
    deleteMyData: () => here.query('alice', DELETE),
    'npm run tokens:revoke': () => runCli('tokens-revoke', here.environment, ['--user', 'alice']),
  };

  it.each(Object.keys(revocations))(
    'both end within five seconds what a token has open: %s',
    async (name) => {
      const token = await createToken(here, 'alice', { scopes: ['KEYS_READ'], expiresAt: inDays(1) });
      const kept = await createToken(here, 'bob', { scopes: ['KEYS_READ'], expiresAt: inDays(1) });
      const open = await Promise.all(doors.map((door) => door.subscribe(there, token.secret, ALERTS)));
      const others = await Promise.all(doors.map((door) => door.subscribe(there, kept.secret, ALERTS)));
      const other = Promise.race(others.map((each) => each.next()));
      expect(await there.query(token.secret, KEYS)).toEqual({ apiKeys: [] });
      await revocations[name]!(token);
      const revokedAt = performance.now();
      const ends = await Promise.all(open.map((each) => each.next()));
      expect(performance.now() - revokedAt).toBeLessThan(WITHIN_MS);
      expect(ends).toEqual(doors.map(() => null));
      expect(await there.failure(token.secret, KEYS)).toBe('UNAUTHENTICATED');
      const silence = there.query(kept.secret, KEYS);
      expect(await Promise.race([other, silence])).toEqual({ apiKeys: [] });
      for (const each of others) each.cut();
    },
  );
});
