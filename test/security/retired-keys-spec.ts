import type { DatabaseService } from '../../src/prisma/database.service.js';
import { retireKey } from '../../src/sealed-records/retired-keys.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/database-commands.js';
import { type Environment, type ServerProcess, useProcesses } from '../support/server-process.js';
import { insertOf, readRecords, sealKey, sealText, vaultOf, withDatabase } from '../support/sealed-keys.js';

const OLD_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const NEW_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const before = vaultOf(OLD_KEY);
const oldId = before.currentKeyId;
const ROTATED = { ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: OLD_KEY };
const SHOWN = `{
  apiKeys { health healthReason } keyResolution { available candidates { outcome } }
  providers { provider keySource }
}`;
/** Resolves when somebody waits for the table of sealed keys. */
async function untilWaiting(database: DatabaseService): Promise<void> {
  const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'sealed_keys'::regclass`;
  while ((await database.client.$queryRawUnsafe<unknown[]>(waiting)).length === 0);
}

const withoutTrigger = (sql: string): string =>
  `ALTER TABLE sealed_keys DISABLE TRIGGER USER; ${sql}; ALTER TABLE sealed_keys ENABLE TRIGGER USER`;

describe.each(databaseKinds)('a retired encryption key on %s', (kind) => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
  });
  afterEach(() => database.drop());

  const environment = (others: Environment = {}): Environment =>
    processes.environment({ ...ROTATED, ...database.environment, ...others });
  const cli = async (command: string, ...args: string[]) => {
    const outcome = await runCli(command, environment() as Record<string, string>, args);
    expect(outcome).toMatchObject({ code: 0 });
  };
  const put = (key: string) => `UPDATE sealed_keys SET envelope = '${key}', encryption_key_id = '${oldId}'`;

  async function expectUnreadable(server: ServerProcess): Promise<void> {
    const { apiKeys, keyResolution, providers } = await server.query('alice', SHOWN);
    expect(apiKeys).toEqual([
      {
        health: 'UNREADABLE',
        healthReason: 'It was sealed under an encryption key that was retired. Store it again.',
      },
    ]);
    expect(keyResolution).toMatchObject({ available: false });
    expect(keyResolution.candidates[0]).toEqual({ outcome: 'UNREADABLE' });
    expect(providers).toContainEqual({ provider: 'OPENAI', keySource: null });
    const requests = processes.standIn.requests.length;
    const socket = await server.socket('alice');
    socket.subscribe('1', 'subscription ($input: ChatInput!) { chat(input: $input) { chatId } }', {
      input: { messages: [{ role: 'USER', content: 'Hello' }], provider: 'OPENAI' },
    });
    const { payload } = await socket.next();
    expect(JSON.stringify(payload)).toContain('KEY_UNREADABLE');
    expect(processes.standIn.requests).toHaveLength(requests);
  }

  it('opens no row that is put back, though it is configured: its owner stores the key again', async () => {
    processes.standIn.acceptKey('OPENAI', 'key-of-alice-0123456789');
    const server = await processes.start(environment());
    const keyId = await server.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    await server.kill('SIGTERM');
    await cli('keys-retire', oldId);
    // The very row that was once there.
    const { envelope } = sealKey(before, 'alice', 'key-of-alice-0123456789', keyId);
    await expect(database.execute(put(envelope))).rejects.toThrow('was retired');
    await database.execute(withoutTrigger(put(envelope)));

    const restarted = await processes.start(environment());
    await restarted.logged(`ENCRYPTION_KEYS_PREVIOUS holds the key ${oldId}, which was retired`);
    await expectUnreadable(restarted);
    await restarted.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    expect((await restarted.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('is refused as ENCRYPTION_KEY, and as the key of the check value', async () => {
    await (await processes.start(environment())).kill('SIGTERM');
    await cli('keys-retire', oldId);
    const back = { ENCRYPTION_KEY: OLD_KEY, ENCRYPTION_KEYS_PREVIOUS: NEW_KEY };
    const { code, stderr } = await processes.refusal(environment(back));
    expect([code, stderr]).toEqual([1, expect.stringContaining(`ENCRYPTION_KEY (${oldId}) was retired`)]);
    const canary = sealText(before, 'keystream', { purpose: 'canary', environmentName: 'test' });
    await database.execute(`UPDATE vault_state SET canary = '${canary}', encryption_key_id = '${oldId}'`);
    const second = await processes.refusal(environment());
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringContaining(`with the key ${oldId}, which was retired`),
    ]);
    await database.execute('DELETE FROM vault_state');
    await processes.start(environment());
  });

  if (kind === 'PostgreSQL') {
    it('opens nothing from that moment on where servers run, and they seal nothing with it', async () => {
      processes.standIn.acceptKey('OPENAI', 'key-of-alice-0123456789');
      const server = await processes.start(environment());
      const keyId = await server.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      // A server that was not restarted with the new key yet.
      const stale = await processes.start(
        environment({ ENCRYPTION_KEY: OLD_KEY, ENCRYPTION_KEYS_PREVIOUS: NEW_KEY }),
      );
      await cli('keys-rotate');
      await cli('keys-retire', oldId);
      const { envelope } = sealKey(before, 'alice', 'key-of-alice-0123456789', keyId);
      await database.execute(withoutTrigger(put(envelope)));
      await expectUnreadable(server);
      await expectUnreadable(stale);

      const store = stale.storeKey('bob', 'OPENAI', 'key-of-bob-0123456789');
      await expect(store).rejects.toThrow('INTERNAL_SERVER_ERROR');
      const records = await withDatabase(database, readRecords);
      expect(records.map(({ userId }) => userId)).toEqual(['alice']);
    });

    it('is not retired past those who are storing with it', async () => {
      await withDatabase(database, async (service) => {
        let retired: ReturnType<typeof retireKey> | undefined;
        await service.transaction(async (client) => {
          await client.$executeRawUnsafe(insertOf([sealKey(before, 'carol', 'key')]));
          retired = retireKey(service, oldId);
          await untilWaiting(service);
        });
        expect(await retired).toBe(1);
      });
    });
  }
});
