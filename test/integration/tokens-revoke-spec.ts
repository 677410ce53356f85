import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { AccessTokensRepository } from '../../src/access-tokens/access-tokens.repository.js';
import { AuditKeyring } from '../../src/audit/chain/audit-keyring.js';
import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/database-commands.js';
import { sealText, vaultOf, withDatabase } from '../support/sealed-keys.js';

const ENCRYPTION_KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const vault = vaultOf(ENCRYPTION_KEY);
const canary = sealText(vault, 'keystream', { purpose: 'canary', environmentName: 'test' });
const STATE = `INSERT INTO vault_state (encryption_key_id, canary, environment_name, updated_at)
  VALUES ('${vault.currentKeyId}', '${canary}', 'test', '2026-01-01')`;

describe.each(databaseKinds)('npm run tokens:revoke on %s', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
    await database.execute(STATE);
  });
  afterEach(() => database.drop());

  const run = (command: string, ...args: string[]) =>
    runCli(command, { NODE_ENV: 'test', ENCRYPTION_KEY, ...database.environment }, args);
  const saying = (words: string) => expect.stringContaining(words) as string;

  /** A server makes tokens for its users, and ends. */
  const make = (...userIds: string[]) =>
    withDatabase(database, async (service) => {
      const keyring = new AuditKeyring(service, vault);
      await keyring.load();
      const trail = new AuditTrail(service, keyring);
      for (const userId of userIds) {
        const token = { id: uuidv7(), name: 'ci', scopes: ['CHAT'], createdAt: new Date() } as const;
        const expiresAt = new Date(Date.now() + 60_000);
        const hash = randomBytes(32).toString('hex');
        await new AccessTokensRepository(service, trail).create(userId, { ...token, expiresAt, hash });
      }
      await trail.close();
    });

  it('ends all tokens of one user, and leaves a trail that can be believed', async () => {
    await make('alice', 'alice', 'bob');
    const { code, output } = await run('tokens-revoke', '--user', 'alice');
    expect({ code, output }).toEqual({ code: 0, output: saying('2 access tokens revoked\n') });
    expect(await run('tokens-revoke', '--user', 'alice')).toEqual({
      code: 0,
      output: saying('0 access tokens'),
    });
    await withDatabase(database, async ({ client }) => {
      expect(await client.accessToken.findMany({ select: { userId: true } })).toEqual([{ userId: 'bob' }]);
      const where = { userId: 'alice', kind: 'TOKEN_REVOKED' } as const;
      expect(await client.auditEvent.findMany({ where })).toMatchObject([{ detail: 'ci' }, { detail: 'ci' }]);
    });
    expect(await run('audit-verify')).toEqual({ code: 0, output: saying('5 rows verified') });
    await database.execute(
      `DO $$ BEGIN SET LOCAL keystream.audit_maintenance = 'on';
        UPDATE audit_events SET access_token_id = NULL WHERE kind = 'TOKEN_REVOKED'; END $$`,
    );
    expect(await run('audit-verify')).toEqual({ code: 1, output: saying('has a wrong MAC: changed') });
  });

  it('says what it takes, and that there is nothing yet', async () => {
    expect(await run('tokens-revoke')).toEqual({ code: 1, output: saying('--user is missing') });
    expect(await run('tokens-revoke', '--user', 'alice')).toEqual({
      code: 0,
      output: saying('No server has started on this database yet'),
    });
  });
});
