import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/database-commands.js';
import {
  insertOf,
  openKey,
  readRecords,
  sealKey,
  sealText,
  vaultOf,
  withDatabase,
} from '../support/sealed-keys.js';

const OLD_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const NEW_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';

const before = vaultOf(OLD_KEY);
const after = vaultOf(NEW_KEY);
const [oldId, newId] = [before.currentKeyId, after.currentKeyId];
const ROTATED = { ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: OLD_KEY };
const canary = sealText(before, 'keystream', { purpose: 'canary', environmentName: 'test' });
const STATE = `INSERT INTO vault_state (encryption_key_id, canary, environment_name, updated_at)
  VALUES ('${oldId}', '${canary}', 'test', '2026-01-01')`;

describe.each(databaseKinds)('the commands of the vault on %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(kind);
    const records = Array.from({ length: 25 }, (_, index) =>
      sealKey(before, `user-${index}`, `key ${index}`),
    );
    await database.execute(`${insertOf(records)}; ${STATE}`);
  });
  afterAll(() => database.drop());

  const run = async (
    command: string,
    variables: Record<string, string> = {},
    args: readonly string[] = [],
  ) => {
    const environment = { NODE_ENV: 'test', ...ROTATED, ...database.environment, ...variables };
    const outcome = await runCli(command, environment, args);
    expect(outcome.output).not.toMatch(new RegExp(`${OLD_KEY}|${NEW_KEY}|^\\s+at `, 'm'));
    return outcome;
  };
  const saying = (...lines: string[]) => expect.stringMatching(new RegExp(lines.join('[^]*'))) as string;

  it('say what is sealed with what, and that a key may not be retired yet', async () => {
    expect(await run('keys-status')).toEqual({
      code: 0,
      output: saying(
        `${newId}  current`,
        `${oldId}  previous`,
        `${oldId}  stored keys: 25`,
        `${oldId}  check value: 1`,
        'Derived from ENCRYPTION_KEY: stored keys .table sealed_keys.; attachments .table attachments.; the trail.s keys .table audit_keys.; check value .table vault_state.; no chats in Redis',
        `${oldId} may not be retired: 26 records are sealed with it`,
      ),
    });
    expect(await run('keys-retire', {}, [oldId])).toEqual({
      code: 1,
      output: saying(`${oldId} was not retired: 26 records`),
    });
    expect(await run('keys-retire', {}, [newId])).toEqual({
      code: 1,
      output: saying(`${newId} is ENCRYPTION_KEY itself`),
    });
  });

  it('say which key is missing', async () => {
    const alone = { ENCRYPTION_KEYS_PREVIOUS: '' };
    expect(await run('keys-status', alone)).toEqual({
      code: 1,
      output: saying(`stored keys that do not open: 25: sealed with ${oldId}, which is not configured`),
    });
    const { code, output } = await run('keys-rotate', alone);
    expect({ code, output }).toEqual({
      code: 1,
      output: saying('Do not open, and were left as they are: 26'),
    });
    expect(
      output.match(/^sealed_keys, row [\da-f-]{36}: does not open: .* is not configured here$/gm),
    ).toHaveLength(25);
  });

  it('refuse the data of another environment', async () => {
    for (const command of ['keys-status', 'keys-rotate']) {
      expect(await run(command, { ENVIRONMENT_NAME: 'other' })).toEqual({
        code: 1,
        output: saying('belongs to the environment "test", and this server to "other"'),
      });
    }
  });

  it('re-seal everything; dry, nothing', async () => {
    expect(await run('keys-rotate', {}, ['--dry-run'])).toEqual({
      code: 0,
      output: saying(
        `Mind: no server has started with the key ${newId} yet`,
        `not sealed with ENCRYPTION_KEY .${newId}.: 26 of 26`,
        'Could be re-sealed: 26',
      ),
    });
    expect(await run('keys-rotate', {}, ['--batch', '10'])).toEqual({
      code: 0,
      output: saying(
        '10 of 26 .38 %., about \\d+ s left',
        'Re-sealed: 26',
        `All records are sealed with ${newId}`,
      ),
    });
    const records = await withDatabase(database, readRecords);
    for (const record of records) {
      expect(openKey(after, record)).toBe(record.userId.replace('user-', 'key '));
      expect(record.encryptionKeyId).toBe(newId);
    }
    expect(await run('keys-rotate')).toEqual({
      code: 0,
      output: saying('Re-sealed: 0', 'All records are sealed'),
    });
  });

  it('take batches of a size that makes sense', async () => {
    for (const batch of ['0', '-1', '10001', 'x']) {
      expect(await run('keys-rotate', {}, [`--batch=${batch}`])).toEqual({
        code: 1,
        output: saying('Usage'),
      });
    }
  });

  it('say until when chats in Redis may need the key', async () => {
    const redis = { REDIS_URL: 'redis://127.0.0.1:1/0' };
    expect(await run('keys-status', redis)).toEqual({
      code: 0,
      output: saying(
        'chats in Redis, for 25 minutes',
        `${oldId} may be retired: npm run keys:retire -- ${oldId}. Better wait: chats in Redis .* until 20`,
      ),
    });
    const short = { CHAT_MAX_DURATION_MS: '1', CHAT_RETENTION_MS: '0' };
    expect(await run('keys-status', { ...redis, ...short })).toMatchObject({
      output: saying(`${oldId} may be retired: .*No chat in Redis is sealed with it`),
    });
  });

  it('retire the key for good', async () => {
    expect(await run('keys-retire', {}, [oldId])).toEqual({ code: 0, output: saying(`${oldId} is retired`) });
    expect(await run('keys-retire', {}, [oldId])).toEqual({ code: 0, output: saying('was retired before') });
    expect(await run('keys-status')).toEqual({
      code: 0,
      output: saying(`${oldId}  retired at 20`, 'There is no previous key to retire'),
    });
    const back = { ENCRYPTION_KEY: OLD_KEY, ENCRYPTION_KEYS_PREVIOUS: NEW_KEY };
    for (const [command, ...args] of [['keys-rotate'], ['keys-retire', newId]] as const) {
      expect(await run(command, back, args)).toEqual({
        code: 1,
        output: saying(`ENCRYPTION_KEY .${oldId}. was retired`),
      });
    }
  });

  it('leave a record alone that was sealed with the retired key, though that key is configured', async () => {
    const old = sealKey(before, 'mallory', 'an old key');
    // As whoever owns the tables could put it there; others are refused.
    await database.execute(
      `ALTER TABLE sealed_keys DISABLE TRIGGER USER; ${insertOf([old])}; ALTER TABLE sealed_keys ENABLE TRIGGER USER`,
    );
    expect(await run('keys-rotate')).toEqual({
      code: 1,
      output: saying(
        `sealed_keys, row ${old.id}: does not open: it is sealed with the key ${oldId}, which was retired`,
      ),
    });
    expect(await run('keys-status')).toEqual({
      code: 1,
      output: saying(`stored keys that do not open: 1: sealed with ${oldId}, which was retired`),
    });
    expect(await withDatabase(database, readRecords)).toContainEqual(old);
    await expect(database.execute(insertOf([sealKey(before, 'eve', 'another')]))).rejects.toThrow(
      'was retired',
    );
  });
});
