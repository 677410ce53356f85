import { createDatabase, databaseKinds, type TestDatabase } from '../../support/database.js';
import {
  type Environment,
  NodeProcess,
  type ProcessExit,
  type ServerProcess,
  useProcesses,
} from '../../support/server-process.js';
import {
  insertOf,
  openKey,
  readRecords,
  sealKey,
  sealText,
  vaultOf,
  withDatabase,
} from '../../support/sealed-keys.js';
import { NO_LIMITS } from '../../support/test-server.js';

const OLD_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const NEW_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const RECORDS = 10_000;
const KILLS = 3;
const ROTATED = { ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: OLD_KEY };

const before = vaultOf(OLD_KEY);
const after = vaultOf(NEW_KEY);
const userOf = (index: number): string => `user-${String(index).padStart(5, '0')}`;
const keyOf = (userId: string): string => `key-of-${userId}-0123456789`;

describe.each(databaseKinds)(`a rotation of ${String(RECORDS)} keys on %s, killed three times`, (kind) => {
  const processes = useProcesses();
  const rotations = new Set<NodeProcess>();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
    const records = Array.from({ length: RECORDS }, (_, index) =>
      sealKey(before, userOf(index), keyOf(userOf(index))),
    );
    const canary = sealText(before, 'keystream', { purpose: 'canary', environmentName: 'test' });
    await database.execute(`${insertOf(records)};
      INSERT INTO vault_state (encryption_key_id, canary, environment_name, updated_at)
      VALUES ('${before.currentKeyId}', '${canary}', 'test', now())`);
  });
  afterEach(async () => {
    await Promise.all([...rotations].map((each) => each.kill('SIGKILL')));
    await database.drop();
  });

  const environment = (keys: Environment = ROTATED): Environment =>
    processes.environment({ ...NO_LIMITS, ...database.environment, ...keys });

  function rotation(): NodeProcess {
    const started = new NodeProcess('dist/cli/keys-rotate.js', environment());
    rotations.add(started);
    void started.exited.then(() => rotations.delete(started));
    return started;
  }

  /** Kills it in the middle: some pages are done, and others are not. */
  async function killInTheMiddle(): Promise<ProcessExit> {
    const started = rotation();
    await new Promise<void>((resolve, reject) => {
      started.child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('s left')) resolve();
      });
      void started.exited.then(({ stdout, stderr }) =>
        reject(new Error(`It ended by itself: ${stdout}${stderr}`)),
      );
    });
    return started.kill('SIGKILL');
  }

  /** Three that are killed, and one that is not. */
  async function rotateThroughDeaths(): Promise<void> {
    for (let kill = 0; kill < KILLS; kill += 1) {
      expect(await killInTheMiddle()).toMatchObject({ signal: 'SIGKILL' });
    }
    expect(await rotation().exited).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`All records are sealed with ${after.currentKeyId}`),
    });
  }

  /** Every record opens with the new key alone, and holds the key that its user stored last. */
  async function expectAllSealedAnew(stored: ReadonlyMap<string, string>): Promise<void> {
    const records = await withDatabase(database, readRecords);
    expect(records.length).toBe(RECORDS);
    for (const record of records) {
      expect(record.encryptionKeyId).toBe(after.currentKeyId);
      expect(openKey(after, record)).toBe(stored.get(record.userId) ?? keyOf(record.userId));
    }
  }

  async function expectServedWithoutOldKey(userId: string, key: string): Promise<void> {
    const server = await processes.start(environment({ ENCRYPTION_KEY: NEW_KEY }));
    processes.standIn.acceptKey('OPENAI', key);
    expect((await server.chatEvents(userId, {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  }

  if (kind === 'PGlite') {
    it('loses nothing, with the server stopped', async () => {
      await rotateThroughDeaths();
      await expectAllSealedAnew(new Map());
      await expectServedWithoutOldKey(userOf(7), keyOf(userOf(7)));
    });
    return;
  }

  it('loses nothing while keys are stored and used', async () => {
    const server = await processes.start(environment());
    const stored = new Map<string, string>();
    let isOver = false;
    const use = keepUsing(server, stored, () => isOver);
    await rotateThroughDeaths();
    isOver = true;
    const counts = await use;
    await server.kill('SIGTERM');
    expect(counts.stores).toBeGreaterThan(KILLS);
    expect(counts.chats).toBeGreaterThan(KILLS);
    await expectAllSealedAnew(stored);
    const [[userId, key] = ['', '']] = stored;
    await expectServedWithoutOldKey(userId, key);
  });

  /** One user after the other has a chat with the key that is sealed at that moment, replaces it, and has another chat. */
  async function keepUsing(
    server: ServerProcess,
    stored: Map<string, string>,
    isOver: () => boolean,
  ): Promise<{ stores: number; chats: number }> {
    const counts = { stores: 0, chats: 0 };
    const chat = async (userId: string, key: string): Promise<void> => {
      processes.standIn.acceptKey('OPENAI', key);
      const last = (await server.chatEvents(userId, {})).at(-1);
      expect([userId, last]).toEqual([userId, expect.objectContaining({ __typename: 'ChatCompleted' })]);
      counts.chats += 1;
    };
    // From both ends at once: some are before the rotation, some behind it.
    const go = async (from: number, step: number): Promise<void> => {
      for (let index = from; !isOver(); index += step) {
        const userId = userOf((index + RECORDS) % RECORDS);
        await chat(userId, stored.get(userId) ?? keyOf(userId));
        const key = `${keyOf(userId)}-new`;
        await server.storeKey(userId, 'OPENAI', key);
        stored.set(userId, key);
        counts.stores += 1;
        await chat(userId, key);
      }
    };
    await Promise.all([go(0, 7), go(RECORDS - 1, -7), go(RECORDS / 2, 1)]);
    return counts;
  }
});
