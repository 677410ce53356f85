import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { ENCRYPTION_KEY, type ServerProcess, useProcesses } from '../../support/server-process.js';

const ANOTHER_ENCRYPTION_KEY = ENCRYPTION_KEY.split('').reverse().join('');
const OLD_KEY = 'key-of-alice-0123456789';
const NEW_KEY = 'key-of-alice-9876543210';
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { status } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const SEARCH = '{ webSearch(input: { query: "words" }) { provider } }';
const READ = `{
  apiKeys { id health } apiKeyHistory { edges { node { id } } } usage { totals { chats searches } }
  auditEvents(first: 200) { edges { node { kind outcome } } } keyResolution { available }
}`;
const ID = '0199b000-0000-7000-8000-000000000000';

/** The statements of docs/operations.md that stand in the block which begins with this comment. */
async function documented(beginning: string): Promise<string[]> {
  const text = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const blocks = text.split('```sql\n').map((rest) => rest.split('```')[0]!);
  const block = blocks.find((each) => each.startsWith(beginning));
  if (!block) throw new Error(`docs/operations.md has no SQL that begins with “${beginning}”.`);
  return block
    .replace(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** What an attacker may try who can send anything to the database in the server's name. */
const attacks: Readonly<Record<string, readonly string[]>> = {
  'an update': ["UPDATE audit_events SET outcome = 'CHANGED'"],
  'a deletion': ['DELETE FROM audit_events'],
  'a truncation': ['TRUNCATE audit_events'],
  'a truncation of another table with all that hangs on it': ['TRUNCATE api_keys CASCADE'],
  'an upsert': [
    `INSERT INTO audit_events (id, user_id, kind, outcome) SELECT id, user_id, kind, 'CHANGED' FROM audit_events
     ON CONFLICT (id) DO UPDATE SET outcome = 'CHANGED'`,
  ],
  'a merge': [
    `MERGE INTO audit_events AS trail USING (SELECT id FROM audit_events) AS found ON trail.id = found.id
     WHEN MATCHED THEN DELETE`,
  ],
  'a deletion in a query': ['WITH gone AS (DELETE FROM audit_events RETURNING id) SELECT * FROM gone'],
  'maintenance, in its transaction': [
    'BEGIN',
    "SET LOCAL keystream.audit_maintenance = 'on'",
    'DELETE FROM audit_events',
    'COMMIT',
  ],
  'maintenance, in its session': ["SET keystream.audit_maintenance = 'on'", 'DELETE FROM audit_events'],
  'maintenance, by a function': [
    "SELECT set_config('keystream.audit_maintenance', 'on', false)",
    "UPDATE audit_events SET outcome = 'CHANGED'",
  ],
  'maintenance, for all sessions': ["ALTER ROLE CURRENT_USER SET keystream.audit_maintenance = 'on'"],
  'maintenance, with a truncation': ["SET keystream.audit_maintenance = 'on'", 'TRUNCATE audit_events'],
  'no triggers': ["SET session_replication_role = 'replica'", 'DELETE FROM audit_events'],
  'disabling the trigger': ['ALTER TABLE audit_events DISABLE TRIGGER ALL'],
  'dropping the trigger': ['DROP TRIGGER audit_events_append_only ON audit_events'],
  'a trigger of its own': [
    `CREATE TRIGGER mine BEFORE INSERT ON audit_events EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  ],
  'another trigger function': [
    `CREATE OR REPLACE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  ],
  'dropping the trigger function': ['DROP FUNCTION audit_events_append_only CASCADE'],
  'altering the table': ['ALTER TABLE audit_events DROP COLUMN detail'],
  'dropping the table': ['DROP TABLE audit_events'],
  'taking the table': ['ALTER TABLE audit_events OWNER TO CURRENT_USER'],
  'moving the table': ['ALTER TABLE audit_events RENAME TO other'],
  'a rule': ['CREATE RULE mine AS ON INSERT TO audit_events DO INSTEAD NOTHING'],
  'a policy': ['ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY'],
  'a child table': ['CREATE TABLE child () INHERITS (audit_events)'],
  'a reference that cascades': ['CREATE TABLE mine (id uuid REFERENCES audit_events ON DELETE CASCADE)'],
  'a table of the session in its place': ['CREATE TEMP TABLE audit_events (id uuid)'],
  'a view in its place': ['CREATE VIEW mine AS SELECT * FROM audit_events'],
  'a lock': ['BEGIN', 'LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE'],
  'locking rows': ['SELECT id FROM audit_events FOR UPDATE'],
  'granting itself more': ['GRANT ALL ON audit_events TO CURRENT_USER', 'DELETE FROM audit_events'],
  'becoming the owner': ['SET ROLE OWNER_ROLE', 'DELETE FROM audit_events'],
  'becoming the owner for the session': ['SET SESSION AUTHORIZATION OWNER_ROLE'],
  'joining the owner': ['GRANT OWNER_ROLE TO CURRENT_USER'],
  'more rights for the role': ['ALTER ROLE CURRENT_USER SUPERUSER'],
  'a function of its own': [
    `CREATE FUNCTION mine() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM audit_events'`,
  ],
  'a schema of its own': ['CREATE SCHEMA mine'],
  'the history of migrations': ['DELETE FROM _prisma_migrations'],
  'dropping the schema': ['DROP SCHEMA CURRENT_SCHEMA_NAME CASCADE'],
  'dropping all it owns, and what depends on it': ['DROP OWNED BY OWNER_ROLE CASCADE'],
};

/** The same against what proves the trail. */
const attacksOnProof = Object.fromEntries(
  ['audit_links', 'audit_checkpoints'].flatMap((table) => [
    [`an update of ${table}`, [`UPDATE ${table} SET note = 'CHANGED'`]],
    [`a deletion from ${table}`, [`DELETE FROM ${table}`]],
    [`a truncation of ${table}`, [`TRUNCATE ${table}`]],
    [
      `maintenance of ${table}, in its transaction`,
      ['BEGIN', "SET LOCAL keystream.audit_maintenance = 'on'", `DELETE FROM ${table}`, 'COMMIT'],
    ],
    [`disabling the trigger of ${table}`, [`ALTER TABLE ${table} DISABLE TRIGGER ALL`]],
    [`dropping ${table}`, [`DROP TABLE ${table}`]],
    [`taking ${table}`, [`ALTER TABLE ${table} OWNER TO CURRENT_USER`]],
  ]),
) as Record<string, string[]>;

describe.each(['public', 'keystream'])('the documented roles, in the schema %s', (schema) => {
  const processes = useProcesses();
  const admin = new URL(process.env.TEST_DATABASE_URL!);
  let owner: string;
  let role: string;
  let name: string;
  let server: ServerProcess | null = null;

  const urlOf = (user: string): string => {
    const url = new URL(admin);
    url.pathname = `/${name}`;
    url.username = user;
    url.password = 'a password';
    if (schema !== 'public') url.searchParams.set('schema', schema);
    return url.href;
  };
  /** As the documentation says it, for names of this test's own. */
  const named = (statement: string): string =>
    statement
      .replace(/\bkeystream_owner\b/g, owner)
      .replace(/\bkeystream_server\b/g, role)
      .replace(/\bDATABASE keystream\b/g, `DATABASE ${name}`)
      .replace(/\bSCHEMA public\b/g, `SCHEMA ${schema}`);
  const plainUrlOf = (user: string): string => {
    const url = new URL(urlOf(user));
    url.searchParams.delete('schema');
    url.searchParams.set('options', `-c search_path=${schema}`);
    return url.href;
  };
  const grant = async (): Promise<void> =>
    run(plainUrlOf(owner), (await documented('-- After each migration')).map(named));
  const environment = (more: Record<string, string | undefined> = {}) =>
    processes.environment({ DATABASE_URL: urlOf(role), ...more });

  beforeEach(async () => {
    const suffix = randomBytes(6).toString('hex');
    [owner, role, name] = ['owner', 'server', 'trail'].map((each) => `keystream_${each}_${suffix}`) as [
      string,
      string,
      string,
    ];
    await run(admin.href, (await documented('-- Once, as an administrator')).map(named));
    const migrated = await processes.run(
      'dist/cli/migrate.js',
      environment({ MIGRATION_DATABASE_URL: urlOf(owner) }),
    );
    expect(migrated).toMatchObject({ code: 0, stderr: '' });
    await grant();
  });
  afterEach(async () => {
    await server?.kill('SIGKILL');
    server = null;
    await run(admin.href, [`DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${role}`, `DROP ROLE ${owner}`]);
  });

  const start = async (more?: Record<string, string | undefined>): Promise<ServerProcess> =>
    (server = await processes.start(environment(more)));

  it('let the server do all that it does', async () => {
    const status = await processes.run('dist/cli/migrate-status.js', environment());
    expect(status).toMatchObject({ code: 0 });
    const first = await start();
    for (const key of [OLD_KEY, NEW_KEY]) {
      processes.standIn.acceptKey('OPENAI', key);
      processes.standIn.acceptKey('BRAVE', key);
    }
    await first.storeKey('alice', 'OPENAI', OLD_KEY);
    const keyId = await first.storeKey('alice', 'OPENAI', NEW_KEY);
    await first.storeKey('alice', 'BRAVE', OLD_KEY);
    for (const enabled of [false, true]) {
      await first.query('alice', UPDATE, { input: { keyId, enabled, name: 'work' } });
    }
    expect((await first.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    await first.query('alice', SEARCH);
    // Another encryption key: the vault's state is written anew.
    await first.kill('SIGTERM');
    const keys = { ENCRYPTION_KEY: ANOTHER_ENCRYPTION_KEY, ENCRYPTION_KEYS_PREVIOUS: ENCRYPTION_KEY };
    const second = await start(keys);
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
    await run(plainUrlOf(owner), [
      "UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60)",
    ]);
    expect((await second.post('alice', SEARCH)).errors).toMatchObject([
      { extensions: { code: 'KEY_UNREADABLE' } },
    ]);
    expect((await second.query('alice', READ)).apiKeys).toContainEqual(
      expect.objectContaining({ health: 'UNREADABLE' }),
    );
    await second.query('alice', DELETE, { keyId });
    const { usage, auditEvents } = await second.query('alice', READ);
    expect(usage.totals).toEqual({ chats: 1, searches: 1 });
    expect(new Set(auditEvents.edges.map(({ node }: any) => node.kind))).toEqual(
      new Set([
        'KEY_STORED',
        'KEY_REPLACED',
        'KEY_UPDATED',
        'KEY_USED',
        'CHAT_FINISHED',
        'SEARCH_FINISHED',
        'KEY_DELETED',
      ]),
    );
    const { stdout, stderr } = await second.kill('SIGTERM');
    expect(stdout + stderr).not.toMatch(/permission denied|42501/);
    // To say it once more takes nothing away.
    await grant();
    expect((await (await start(keys)).query('alice', READ)).usage.totals.chats).toBe(1);
  });

  it('let the owner alone re-seal keys, and retire an encryption key', async () => {
    processes.standIn.acceptKey('OPENAI', OLD_KEY);
    await (await start()).storeKey('alice', 'OPENAI', OLD_KEY);
    await server?.kill('SIGTERM');
    const keys = { ENCRYPTION_KEY: ANOTHER_ENCRYPTION_KEY, ENCRYPTION_KEYS_PREVIOUS: ENCRYPTION_KEY };
    const rotate = (more: Record<string, string> = {}) =>
      processes.run('dist/cli/keys-rotate.js', environment({ ...keys, ...more }));
    const refused = await rotate();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^The database cannot be used: the role in DATABASE_URL lacks a right/);
    expect(await rotate({ MIGRATION_DATABASE_URL: urlOf(owner) })).toMatchObject({ code: 0, stderr: '' });

    for (const change of [
      "UPDATE sealed_keys SET envelope = ''",
      "INSERT INTO retired_encryption_keys (id) VALUES ('a')",
      'DELETE FROM retired_encryption_keys',
    ]) {
      await expect(run(plainUrlOf(role), [change])).rejects.toThrow('permission denied');
    }
    const second = await start({ ENCRYPTION_KEY: ANOTHER_ENCRYPTION_KEY });
    expect((await second.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('let the owner alone remove what is too old in the trail', async () => {
    await (await start()).storeKey('alice', 'OPENAI', OLD_KEY);
    await server?.kill('SIGTERM');
    const prune = (more: Record<string, string> = {}) =>
      processes.run('dist/cli/audit-prune.js', environment({ AUDIT_RETENTION_DAYS: '1', ...more }));
    expect(await prune()).toMatchObject({ code: 1, stderr: expect.stringContaining('lacks a right') });
    expect(await prune({ MIGRATION_DATABASE_URL: urlOf(owner) })).toMatchObject({ code: 0, stderr: '' });
    const verify = await processes.run('dist/cli/audit-verify.js', environment());
    expect(verify).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuse retired keys to a server that may not see which they are, as those of the version before', async () => {
    const store = (keyId: string, id: string) => [
      `INSERT INTO api_keys (id, user_id, provider, masked_key) VALUES ('${id}', 'alice', '${keyId}', 'x')`,
      `INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
       VALUES ('${id}', 'alice', 'v1.${keyId}.a.b.c.d', '${keyId}')`,
    ];
    await run(plainUrlOf(owner), [
      `REVOKE ALL ON retired_encryption_keys FROM ${role}`,
      "INSERT INTO retired_encryption_keys (id) VALUES ('retired')",
    ]);
    await run(plainUrlOf(role), store('other', ID));
    await expect(run(plainUrlOf(role), store('retired', ID.replace('b', 'c')))).rejects.toThrow(
      'the encryption key retired was retired',
    );
    const { code, stderr } = await processes.refusal(environment());
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('lacks a right') });
  });

  it('let no one change the trail in the server’s name', async () => {
    const insert = `INSERT INTO audit_events (id, user_id, kind, outcome, detail) VALUES ('${ID}', 'alice', 'KEY_STORED', 'OK', 'x')`;
    const note = `INSERT INTO audit_checkpoints (id, note) VALUES ('${ID}', 'x')`;
    const link = `INSERT INTO audit_links (writer, number, note, hash, key_generation) VALUES ('${ID}', 1, 'x', '', 1)`;
    await run(plainUrlOf(role), [insert, note, link]);
    const trail = async (): Promise<unknown[]> => {
      const client = new pg.Client({ connectionString: plainUrlOf(owner) });
      await client.connect();
      const tables = ['audit_events', 'audit_links', 'audit_checkpoints'];
      const rows: unknown[] = [];
      for (const table of tables) rows.push(...(await client.query(`SELECT * FROM ${table}`)).rows);
      await client.end();
      return rows;
    };
    const before = await trail();
    expect(before).toHaveLength(3);
    // An administrator's mistake: every session of the server's says so.
    await run(admin.href, [`ALTER ROLE ${role} SET keystream.audit_maintenance = 'on'`]);
    const done: string[] = [];
    for (const [attack, statements] of Object.entries({ ...attacks, ...attacksOnProof })) {
      const own = statements.map((statement) =>
        statement.replace('OWNER_ROLE', owner).replace('CURRENT_SCHEMA_NAME', schema),
      );
      await run(plainUrlOf(role), own).then(
        () => done.push(attack),
        () => undefined,
      );
      expect([attack, await trail()]).toEqual([attack, before]);
    }
    expect(done).toEqual([]);
  });

  it('are backed by the trigger: no right to the table switches it off but its owner’s', async () => {
    await run(plainUrlOf(role), [
      `INSERT INTO audit_events (id, user_id, kind, outcome) VALUES ('${ID}', 'alice', 'KEY_STORED', 'OK')`,
    ]);
    // As older advice had it, and more.
    await run(plainUrlOf(owner), [
      `GRANT ALL ON audit_events, audit_links, audit_checkpoints, audit_keys TO ${role}`,
    ]);
    const refused = /append-only: (UPDATE|DELETE|TRUNCATE) refused/;
    const says = "SET LOCAL keystream.audit_maintenance = 'on'";
    for (const change of [
      "UPDATE audit_events SET outcome = 'CHANGED'",
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
      "UPDATE audit_links SET note = 'CHANGED'",
      'DELETE FROM audit_links',
      'TRUNCATE audit_links',
      "UPDATE audit_checkpoints SET note = 'CHANGED'",
      'DELETE FROM audit_checkpoints',
      'TRUNCATE audit_checkpoints',
    ]) {
      await expect(run(plainUrlOf(role), ['BEGIN', says, change, 'COMMIT'])).rejects.toThrow(refused);
      await expect(run(plainUrlOf(owner), [change])).rejects.toThrow(refused);
    }
    // A superuser may skip what triggers there are: not this one.
    const { username } = admin;
    await expect(
      run(plainUrlOf(username), ["SET session_replication_role = 'replica'", 'DELETE FROM audit_events']),
    ).rejects.toThrow(refused);
    await run(plainUrlOf(owner), ['BEGIN', says, 'DELETE FROM audit_events', 'COMMIT']);
  });
});
