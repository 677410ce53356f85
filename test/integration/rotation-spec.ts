import { DatabaseService } from '../../src/prisma/database.service.js';
import type { Vault } from '../../src/crypto/vault.js';
import { Rotation, type RotationOptions, type UnreadableRecord } from '../../src/sealed-records/rotate.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { insertOf, openKey, readRecords, sealKey, sealText, vaultOf } from '../support/sealed-keys.js';

const OLD_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const NEW_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const LOST_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

const before = vaultOf(OLD_KEY);
const vault = vaultOf(NEW_KEY, OLD_KEY);
const after = vaultOf(NEW_KEY);

describe.each(databaseKinds)('a rotation on %s', (kind) => {
  let testDatabase: TestDatabase;
  let database: DatabaseService;
  beforeEach(async () => {
    testDatabase = await createDatabase(kind);
    const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = testDatabase.environment;
    database = new DatabaseService({ url, dataDir });
    await database.onModuleInit();
  });
  afterEach(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const execute = (sql: string) => database.client.$executeRawUnsafe(sql);
  const users = Array.from({ length: 25 }, (_, index) => `user-${String(index).padStart(2, '0')}`);
  const store = async (sealer: Vault, owners = users) => {
    const records = owners.map((user) => sealKey(sealer, user, `key of ${user}`));
    await execute(insertOf(records));
    return records;
  };

  async function rotate(
    options: Partial<RotationOptions> = {},
    on: Pick<DatabaseService, 'run'> = database,
  ): Promise<{ done: number; missed: number; unreadable: UnreadableRecord[] }> {
    let done = 0;
    const unreadable: UnreadableRecord[] = [];
    const listener = {
      onProgress: (records: number) => (done += records),
      onUnreadable: (record: UnreadableRecord) => unreadable.push(record),
    };
    const rotation = new Rotation(
      on as DatabaseService,
      vault,
      { batch: 10, dryRun: false, ...options },
      listener,
    );
    return { missed: await rotation.run(), done, unreadable };
  }

  /** Every key, opened with the new encryption key alone. */
  async function keysNow(): Promise<string[]> {
    const records = await readRecords(database);
    for (const { encryptionKeyId } of records) expect(encryptionKeyId).toBe(after.currentKeyId);
    return records.map((record) => openKey(after, record));
  }
  const keysOf = (owners: readonly string[]) => owners.map((user) => `key of ${user}`);

  it('seals every record with the current key, page by page, and then finds nothing to do', async () => {
    await store(before);
    expect(await rotate()).toEqual({ done: 25, missed: 0, unreadable: [] });
    expect(await keysNow()).toEqual(keysOf(users));
    expect(await rotate()).toEqual({ done: 0, missed: 0, unreadable: [] });
  });

  it('seals the keys of endpoints with their addresses, and leaves one alone whose address was changed', async () => {
    const endpoint = { name: 'home', baseUrl: 'https://api.example/v1' };
    const records = ['alice', 'bob'].map((user) =>
      sealKey(before, user, `key of ${user}`, undefined, endpoint),
    );
    await execute(insertOf(records));
    await execute(`UPDATE api_keys SET endpoint_url = 'https://elsewhere.example' WHERE user_id = 'bob'`);
    const { done, unreadable } = await rotate();
    expect(done).toBe(1);
    expect(unreadable).toMatchObject([{ id: records[1]!.id, envelope: records[1]!.envelope }]);
    const [resealed] = await readRecords(database);
    expect(openKey(after, resealed!)).toBe('key of alice');
    // Put back, it is as good as before.
    await execute(`UPDATE api_keys SET endpoint_url = 'https://api.example/v1' WHERE user_id = 'bob'`);
    expect(await rotate()).toMatchObject({ done: 1, unreadable: [] });
    expect(await keysNow()).toEqual(keysOf(['alice', 'bob']));
  });

  it('re-seals the check value', async () => {
    const context = { purpose: 'canary', environmentName: 'test' } as const;
    const other = sealText(before, 'keystream', { ...context, environmentName: 'production' });
    await execute(`INSERT INTO vault_state (encryption_key_id, canary, environment_name, updated_at)
      VALUES ('${before.currentKeyId}', '${other}', 'test', now())`);
    const { unreadable } = await rotate();
    expect(unreadable).toMatchObject([{ id: '1', kind: { table: 'vault_state' } }]);
    await execute(`UPDATE vault_state SET canary = '${sealText(before, 'keystream', context)}'`);
    expect(await rotate()).toEqual({ done: 1, missed: 0, unreadable: [] });
    const [state] = await database.client.vaultState.findMany();
    expect(state?.encryptionKeyId).toBe(after.currentKeyId);
    expect(after.open(state!.canary, context).reveal()).toBe('keystream');
  });

  it('goes by what the envelope says, and puts a column right that says something else', async () => {
    await store(before, users.slice(0, 2));
    await store(after, users.slice(2, 4));
    await execute(
      `UPDATE sealed_keys SET encryption_key_id = '${after.currentKeyId}' WHERE user_id = 'user-00'`,
    );
    await execute(`UPDATE sealed_keys SET encryption_key_id = 'AAAAAAAAAAA' WHERE user_id = 'user-02'`);
    expect(await rotate()).toMatchObject({ done: 3, unreadable: [] });
    expect(await keysNow()).toEqual(keysOf(users.slice(0, 4)));
  });

  it('forgets a verdict about an envelope that is gone', async () => {
    await store(before, ['alice']);
    await execute(`UPDATE sealed_keys SET damaged_digest = 'of another envelope'`);
    await rotate();
    expect(await database.client.sealedKey.findFirst()).toMatchObject({ damagedDigest: null });
  });

  it('changes nothing when dry, and finds what does not open', async () => {
    const records = await store(before);
    await execute(
      `UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60) WHERE user_id = 'user-07'`,
    );
    const [damaged] = (await readRecords(database)).filter(({ userId }) => userId === 'user-07');
    expect(await rotate({ dryRun: true })).toMatchObject({ done: 24, unreadable: [{ id: damaged!.id }] });
    const unchanged = records.map((record) => (record.id === damaged!.id ? damaged : record));
    expect(await readRecords(database)).toEqual(unchanged);
  });

  it('leaves alone what does not open, reports each once, and goes on', async () => {
    await store(before);
    await execute(insertOf([sealKey(vaultOf(LOST_KEY), 'user-lost', 'key')]));
    const broken = {
      'user-03': "envelope = overlay(envelope PLACING 'AAAA' FROM 60)",
      'user-11': "envelope = 'plaintext'",
      'user-12': "envelope = replace(envelope, 'v1.', 'v9.')",
      'user-19': "user_id = 'mallory'",
      'user-24': "envelope = (SELECT envelope FROM sealed_keys WHERE user_id = 'user-00')",
    };
    for (const [user, change] of Object.entries(broken)) {
      await execute(
        `UPDATE sealed_keys SET ${change} WHERE key_id = (SELECT id FROM api_keys WHERE user_id = '${user}')`,
      );
    }
    const found = await readRecords(database);
    const { done, unreadable } = await rotate({ batch: 3 });
    const names = [...Object.keys(broken), 'user-lost'];
    const left = found.filter(({ userId }) => names.includes(userId));
    expect(done).toBe(20);
    expect(unreadable.map(({ id }) => id).sort()).toEqual(left.map(({ id }) => id).sort());
    const now = await readRecords(database);
    expect(now.filter(({ userId }) => names.includes(userId))).toEqual(left);
  });

  it('does not bring back what was replaced, deleted or sealed anew between reading and writing', async () => {
    await store(before);
    let isFirst = true;
    const meanwhile: Pick<DatabaseService, 'run'> = {
      run: async (statement, values) => {
        if (statement.name.startsWith('re-seal') && isFirst) {
          isFirst = false;
          await execute(`DELETE FROM sealed_keys WHERE user_id = 'user-01'`);
          await execute(`DELETE FROM api_keys WHERE user_id = 'user-02'`);
          const record = (await readRecords(database)).find(({ userId }) => userId === 'user-03')!;
          const { envelope } = sealKey(before, 'user-03', 'a newer key', record.id);
          await execute(`UPDATE sealed_keys SET envelope = '${envelope}' WHERE user_id = 'user-03'`);
        }
        return database.run(statement, values);
      },
    };
    expect(await rotate({}, meanwhile)).toMatchObject({ done: 23, missed: 0, unreadable: [] });
    const rest = users.filter((user) => user !== 'user-01' && user !== 'user-02');
    expect(await keysNow()).toEqual(
      keysOf(rest).map((key) => (key === 'key of user-03' ? 'a newer key' : key)),
    );
  });

  it('does no harm where several run at once', async () => {
    await store(before);
    const outcomes = await Promise.all([rotate({ batch: 3 }), rotate({ batch: 4 }), rotate({ batch: 5 })]);
    expect(outcomes.reduce((sum, { done }) => sum + done, 0)).toBe(25);
    for (const { missed, unreadable } of outcomes) expect([missed, unreadable]).toEqual([0, []]);
    expect(await keysNow()).toEqual(keysOf(users));
  });

  if (kind === 'PostgreSQL') {
    it('waits for no row that is locked, and comes back to it', async () => {
      await store(before);
      let unlock = (): void => undefined;
      const unlocked = new Promise<void>((resolve) => (unlock = resolve));
      let passes = 0;
      const watched: Pick<DatabaseService, 'run'> = {
        run: (statement, values) => {
          // All but that one are done when it looks for it once more.
          if (statement.name.startsWith('page') && values[0] === '00000000-0000-0000-0000-000000000000')
            passes += 1;
          if (passes === 3) unlock();
          return database.run(statement, values);
        },
      };
      let rotation: ReturnType<typeof rotate> | undefined;
      await database.transaction(async (client) => {
        await client.$queryRawUnsafe(`SELECT FROM sealed_keys WHERE user_id = 'user-05' FOR UPDATE`);
        rotation = rotate({}, watched);
        await unlocked;
      });
      expect(await rotation).toMatchObject({ done: 25, missed: 0 });
      expect(await keysNow()).toEqual(keysOf(users));
    });
  }
});
