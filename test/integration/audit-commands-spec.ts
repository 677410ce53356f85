import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { AuditKeyring } from '../../src/audit/chain/audit-keyring.js';
import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import { addOnly, rowsOf } from '../../src/audit/trail-rows.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/database-commands.js';
import { sealText, vaultOf, withDatabase } from '../support/sealed-keys.js';

const ENCRYPTION_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const NEW_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const DAY_MS = 86_400_000;
const vault = vaultOf(ENCRYPTION_KEY);
const canary = sealText(vault, 'keystream', { purpose: 'canary', environmentName: 'test' });
const STATE = `INSERT INTO vault_state (encryption_key_id, canary, environment_name, updated_at)
  VALUES ('${vault.currentKeyId}', '${canary}', 'test', '2026-01-01')`;

describe.each(databaseKinds)("the trail's commands on %s", (kind) => {
  let database: TestDatabase;
  let folder: string;
  let rows: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keystream-test-'));
    database = await createDatabase(kind);
    await database.execute(STATE);
    rows = await fill();
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** A server writes three old rows and two new ones, and ends. */
  const fill = (): Promise<string[]> =>
    withDatabase(database, async (service) => {
      const keyring = new AuditKeyring(service, vault);
      await keyring.load();
      const trail = new AuditTrail(service, keyring);
      const events = [9, 9, 9, 0, 0].map((days) => {
        const at = new Date(Date.now() - days * DAY_MS - 300_000);
        const id = uuidv7({ msecs: at.getTime() });
        return trail.seal({ id, userId: 'alice', kind: 'KEY_STORED', at, outcome: 'OK' });
      });
      await service.run(addOnly, [rowsOf(events)]);
      trail.committed(events);
      await trail.close();
      return events.map(({ id }) => id);
    });
  const run = async (
    command: string,
    args: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ) => {
    const outcome = await runCli(
      command,
      { NODE_ENV: 'test', ENCRYPTION_KEY, ...database.environment, ...variables },
      args,
    );
    expect(outcome.output).not.toMatch(new RegExp(`${ENCRYPTION_KEY}|${NEW_KEY}|^\\s+at `, 'm'));
    return outcome;
  };
  const tamper = (sql: string) =>
    database.execute(`DO $$ BEGIN SET LOCAL keystream.audit_maintenance = 'on'; ${sql}; END $$`);
  const saying = (words: string) => expect.stringContaining(words) as string;
  const noteIn = (output: string): string => /keystream audit checkpoint[^]*\n\u2014 .*\n/.exec(output)![0];

  it('verify it, and say what was done to it', async () => {
    expect(await run('audit-verify')).toEqual({ code: 0, output: saying('5 rows verified in') });
    await tamper(`UPDATE audit_events SET outcome = 'X' WHERE id = '${rows[1]!}'`);
    const { code, output } = await run('audit-verify');
    expect(code).toBe(1);
    expect(output).toContain(`row ${rows[1]!} has a wrong MAC: changed\n`);
    expect(output).toContain('Faults: 1');
  });

  it('hold it against a checkpoint that was kept elsewhere', async () => {
    const path = join(folder, 'note');
    const { code, output } = await run('audit-checkpoint', [], {
      AUDIT_CHECKPOINT_FILE: join(folder, 'kept'),
    });
    expect(code).toBe(0);
    await writeFile(path, noteIn(output));
    expect(await readFile(join(folder, 'kept'), 'utf8')).toBe(noteIn(output));
    expect(await run('audit-verify', ['--checkpoint', path])).toMatchObject({ code: 0 });
    await tamper(`DELETE FROM audit_links; DELETE FROM audit_events`);
    const empty = await run('audit-verify', ['--checkpoint', path]);
    expect(empty).toEqual({ code: 1, output: saying('which the checkpoint names, is missing: cut off') });
    await writeFile(path, noteIn(output).replace('closed', 'closed '));
    expect(await run('audit-verify', ['--checkpoint', path])).toEqual({
      code: 1,
      output: saying('The file holds no checkpoint of this trail'),
    });
    expect(await run('audit-verify', ['--checkpoint', join(folder, 'none')])).toEqual({
      code: 1,
      output: saying('The checkpoint cannot be read'),
    });
  });

  it('remove what is too old, and sign what is left', async () => {
    expect(await run('audit-prune')).toEqual({
      code: 1,
      output: saying('Set AUDIT_RETENTION_DAYS, or name a date.'),
    });
    for (const date of ['yesterday', '2026-13-01', '9999-01-01'])
      expect(await run('audit-prune', ['--before', date])).toEqual({
        code: 1,
        output: saying('--before takes a date'),
      });
    const pruned = await run('audit-prune', [], { AUDIT_RETENTION_DAYS: '7' });
    expect(pruned).toEqual({ code: 0, output: saying(': 3 rows. A checkpoint of what is left:') });
    const path = join(folder, 'note');
    await writeFile(path, noteIn(pruned.output));
    expect(await run('audit-verify', ['--checkpoint', path])).toEqual({
      code: 0,
      output: saying('2 rows verified'),
    });
    const day = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
    expect(await run('audit-prune', ['--before', day])).toEqual({ code: 0, output: saying(': 0 rows.') });
  });

  it('give it new keys after a leak, and name the next public key under the old ones', async () => {
    const [verifier] = verifiersIn((await run('keys-status')).output);
    const rotated = { ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: ENCRYPTION_KEY };
    const { code, output } = await run('keys-rotate', ['--audit'], rotated);
    expect(code).toBe(0);
    const verifiers = verifiersIn((await run('keys-status', [], rotated)).output);
    expect(verifiers).toEqual([`${verifier!}  (given up)`, expect.stringMatching(/^keystream\/test\+/)]);
    expect(output).toContain(`next-key ${verifiers[1]!}\n`);
    // What proves the trail was sealed anew with the rest, and outlives the key that sealed it.
    const previous = vault.currentKeyId;
    expect(await run('keys-retire', [previous], { ENCRYPTION_KEY: NEW_KEY })).toMatchObject({ code: 0 });
    expect(await run('audit-verify', [], { ENCRYPTION_KEY: NEW_KEY })).toMatchObject({ code: 0 });
    expect(await run('audit-verify')).toEqual({ code: 1, output: saying('do not open') });
  });
  const verifiersIn = (output: string): string[] =>
    [...output.matchAll(/^ {2}(keystream\/test\+.*)$/gm)].map(([, verifier]) => verifier!);

  it('need a server that has started before', async () => {
    const fresh = await createDatabase(kind);
    const environment = { NODE_ENV: 'test', ENCRYPTION_KEY, ...fresh.environment };
    for (const [command, code] of [
      ['audit-verify', 0],
      ['audit-checkpoint', 1],
    ] as const)
      expect(await runCli(command, environment)).toEqual({ code, output: saying('No server has started') });
    await fresh.drop();
  });
});
