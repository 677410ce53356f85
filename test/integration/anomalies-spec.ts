import { readdir, readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { AnomalyJudge } from '../../src/audit/anomalies/anomaly-judge.js';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { databaseKinds } from '../support/database.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const SEARCH = '{ webSearch(input: { query: "words", provider: BRAVE }) { provider } }';
const HISTORY = `{ keyAlertHistory { edges { cursor node { id at rule provider keyId explanation acknowledgedAt } }
  pageInfo { hasNextPage endCursor } } }`;
const MUTE = `mutation ($rules: [String!]) {
  updateSettings(input: { mutedRules: $rules }) { viewer { mutedRules } }
}`;
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const VERIFY = 'mutation ($id: ID!) { verifyApiKey(keyId: $id) { apiKey { health } } }';
const DELETE = 'mutation { deleteMyData(confirmUserId: "alice") { deletedKeys } }';
const REFUSED = reply({ status: 401, body: '{"error":{"code":"invalid_api_key"}}' });
const DAY_MS = 86_400_000;

describe.each(databaseKinds)('anomalies, on %s', (kind) => {
  const server = useTestServer({ TRUST_PROXY: '127.0.0.1' }, kind);

  const database = () => server().app.get(DatabaseService).client;
  const settle = () => server().app.get(AnomalyWatch).settle();
  /** A search with the user's key from an address. */
  const searchFrom = async (userId: string, address: string) => {
    const { errors } = await server().post(userId, SEARCH, {}, { 'x-forwarded-for': address });
    return errors[0]?.extensions.code ?? 'OK';
  };
  const age = (days: number) =>
    database().apiKey.updateMany({ data: { createdAt: new Date(Date.now() - days * DAY_MS) } });
  const alertsOf = async (userId: string) => {
    await settle();
    const { keyAlertHistory } = await server().query(userId, HISTORY);
    return keyAlertHistory.edges.map(({ node }: any) => node) as Record<string, any>[];
  };
  const anomaliesOf = async (userId: string) => {
    await settle();
    return database().auditEvent.findMany({ where: { userId, kind: 'ANOMALY' }, orderBy: { id: 'asc' } });
  };

  describe('of a user', () => {
    let keyId: string;
    beforeEach(async () => {
      keyId = await server().storeKey('alice', 'BRAVE', KEY);
      await age(30);
    });

    it('are found where a new network comes, written down and told to the owner', async () => {
      await searchFrom('alice', '192.0.2.1');
      await searchFrom('alice', '192.0.2.200');
      // The key's first use of all is one, too.
      expect(await alertsOf('alice')).toMatchObject([{ rule: 'NEW_MODEL' }]);
      await searchFrom('alice', '198.51.100.7');
      const [alert] = await alertsOf('alice');
      expect(alert).toMatchObject({ rule: 'NEW_NETWORK', provider: 'BRAVE', keyId, acknowledgedAt: null });
      const [, row] = await anomaliesOf('alice');
      expect(row).toMatchObject({
        ...{ id: alert?.id, provider: 'BRAVE', keyId, keySource: 'USER', outcome: 'OK' },
        detail: `NEW_NETWORK: ${String(alert?.explanation)}`,
      });
      const { auditEvents } = await server().query(
        'alice',
        '{ auditEvents(filter: { kinds: [ANOMALY] }) { edges { node { id kind } } } }',
      );
      expect(auditEvents.edges).toHaveLength(2);
      expect(await alertsOf('bob')).toEqual([]);
    });

    it('are none of what the trail knew before there were rules', async () => {
      await searchFrom('alice', '192.0.2.1');
      await settle();
      await database().ruleState.deleteMany();
      await database().keyAlert.deleteMany();
      const migrations = new URL('../../prisma/migrations/', import.meta.url);
      const [folder] = (await readdir(migrations)).filter((name) => name.endsWith('_anomalies'));
      const sql = await readFile(new URL(`${folder!}/migration.sql`, migrations), 'utf8');
      await database().$executeRawUnsafe(sql.slice(sql.indexOf('INSERT INTO')));
      await searchFrom('alice', '192.0.2.1');
      expect(await alertsOf('alice')).toEqual([]);
      const state = await database().ruleState.findFirst({ where: { rule: 'NEW_MODEL', subject: keyId } });
      expect(state?.state).toMatchObject({ models: [''], usedAt: expect.any(Number) });
    });

    it('never hold an address', async () => {
      await searchFrom('alice', '192.0.2.1');
      await searchFrom('alice', '2001:db8:7::1');
      await settle();
      const rows = [
        ...(await database().ruleState.findMany()),
        ...(await database().keyAlert.findMany()),
        ...(await database().auditEvent.findMany()),
      ];
      expect(
        JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)),
      ).not.toMatch(/192\.0\.2|2001:db8/);
    });

    it('are none in the first week of a key', async () => {
      await age(6);
      await searchFrom('alice', '192.0.2.1');
      await searchFrom('alice', '198.51.100.7');
      server().standIn.revokeKey('BRAVE', KEY);
      for (let count = 0; count < 6; count += 1) await searchFrom('alice', '203.0.113.1');
      expect(await alertsOf('alice')).toEqual([]);
    });

    it('are found where a provider refuses the key again and again, in searches and verifications', async () => {
      server().standIn.revokeKey('BRAVE', KEY);
      for (let count = 0; count < 4; count += 1)
        expect(await searchFrom('alice', '192.0.2.1')).toBe('KEY_REJECTED');
      expect(await alertsOf('alice')).toMatchObject([{ rule: 'NEW_MODEL' }]);
      await server().query('alice', VERIFY, { id: keyId });
      expect(await alertsOf('alice')).toMatchObject([
        { rule: 'REPEATED_KEY_REJECTED', keyId, provider: 'BRAVE' },
        { rule: 'NEW_MODEL' },
      ]);
    });

    it('are found where a record was tampered with, once a day, at any age of the key', async () => {
      await age(0);
      await database()
        .$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60)`;
      for (let count = 0; count < 3; count += 1)
        expect(await searchFrom('alice', '192.0.2.1')).toBe('KEY_UNREADABLE');
      expect(await alertsOf('alice')).toMatchObject([{ rule: 'DECRYPTION_FAILED', keyId }]);
    });

    it('are found where a record under a retired encryption key was put back', async () => {
      const [sealed] = await database().sealedKey.findMany();
      await database().retiredKey.create({ data: { id: sealed!.envelope.split('.')[1]! } });
      expect(await searchFrom('alice', '192.0.2.1')).toBe('KEY_UNREADABLE');
      expect(await server().failure('alice', VERIFY, { id: keyId })).toBe('KEY_UNREADABLE');
      await database().retiredKey.deleteMany();
      expect(await alertsOf('alice')).toMatchObject([{ rule: 'RETIRED_KEY_SEEN', keyId }]);
    });

    it('come in pages, and can be acknowledged by their owner alone', async () => {
      await database().keyAlert.createMany({
        data: [1, 2, 3].map((number) => ({
          id: `0199b000-0000-7000-8000-00000000000${String(number)}`,
          userId: 'alice',
          at: new Date(),
          rule: 'BURST',
          explanation: String(number),
        })),
      });
      const PAGE = `query ($after: String) { keyAlertHistory(first: 2, after: $after) {
        edges { node { explanation } } pageInfo { hasNextPage endCursor } } }`;
      const { keyAlertHistory: first } = await server().query('alice', PAGE);
      expect(first.edges.map(({ node }: any) => node.explanation)).toEqual(['3', '2']);
      const { keyAlertHistory: last } = await server().query('alice', PAGE, {
        after: first.pageInfo.endCursor,
      });
      expect(last.edges).toEqual([{ node: { explanation: '1' } }]);
      const ACKNOWLEDGE = `mutation ($id: ID!) { acknowledgeKeyAlert(id: $id) { keyAlert { id acknowledgedAt } } }`;
      const id = '0199b000-0000-7000-8000-000000000002';
      const unknown = [id, 'nonsense', '0199b000-0000-7000-8000-000000000009'];
      for (const each of unknown)
        expect(await server().failure('bob', ACKNOWLEDGE, { id: each })).toBe('BAD_USER_INPUT');
      const { acknowledgeKeyAlert: once } = await server().query('alice', ACKNOWLEDGE, { id });
      expect(once.keyAlert.acknowledgedAt).toEqual(expect.any(String));
      const { acknowledgeKeyAlert: twice } = await server().query('alice', ACKNOWLEDGE, { id });
      expect(twice).toEqual(once);
      expect((await alertsOf('alice')).filter(({ acknowledgedAt }) => acknowledgedAt)).toMatchObject([
        { id },
      ]);
    });

    it('are silent where their rule is muted, but for the trail', async () => {
      expect(
        (await server().query('alice', MUTE, { rules: ['NEW_NETWORK', 'NEW_MODEL'] })).updateSettings,
      ).toEqual({
        viewer: { mutedRules: ['NEW_MODEL', 'NEW_NETWORK'] },
      });
      await searchFrom('alice', '192.0.2.1');
      await searchFrom('alice', '198.51.100.7');
      expect(await alertsOf('alice')).toEqual([]);
      expect((await anomaliesOf('alice')).map(({ detail }) => detail?.split(':')[0])).toEqual([
        'NEW_MODEL',
        'NEW_NETWORK',
      ]);
      // What is left out stays as it is; null mutes nothing.
      await server().query('alice', 'mutation { updateSettings(input: {}) { viewer { id } } }');
      expect((await server().query('alice', '{ viewer { mutedRules } }')).viewer.mutedRules).toHaveLength(2);
      await server().query('alice', MUTE, { rules: null });
      expect((await server().query('alice', '{ viewer { mutedRules } }')).viewer.mutedRules).toEqual([]);
      for (const rules of [['NONSENSE'], ['KEY_STUFFING'], Array.from({ length: 51 }, () => 'BURST')])
        expect(await server().failure('alice', MUTE, { rules })).toBe('BAD_USER_INPUT');
    });

    /** From now on the rules look at nothing. @returns what lets them */
    const holdRules = (): (() => void) => {
      const judge = server().app.get(AnomalyJudge);
      const judgeNow = judge.judge.bind(judge);
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const held = jest.spyOn(judge, 'judge').mockImplementation(async (events) => {
        await released;
        await judgeNow(events);
      });
      return () => {
        held.mockRestore();
        release();
      };
    };

    it('go with all that is kept of the user, and what was seen before does not come back', async () => {
      await searchFrom('alice', '192.0.2.1');
      await settle();
      const release = holdRules();
      await searchFrom('alice', '198.51.100.7');
      const lines = (await server().exportOf('alice'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, any>);
      expect(lines.filter(({ type }) => type === 'knownNetwork')).toMatchObject([
        {
          hash: expect.stringMatching(/^[\w-]{43}$/),
          firstSeenAt: expect.any(String),
          lastSeenAt: expect.any(String),
        },
      ]);
      expect(lines.filter(({ type }) => type === 'keyAlert')).toMatchObject([{ rule: 'NEW_MODEL', keyId }]);
      // The second use waits for the rules still.
      await server().query('alice', DELETE);
      release();
      await settle();
      expect(await database().ruleState.findMany({ where: { userId: 'alice' } })).toEqual([]);
      expect(await database().keyAlert.count()).toBe(0);
    });

    // The embedded database has one connection.
    if (kind === 'PostgreSQL') {
      it('go with it where they are written at the very moment', async () => {
        let commit = (): void => undefined;
        const committing = new Promise<void>((resolve) => (commit = resolve));
        const row = { id: keyId, userId: 'alice', at: new Date(), rule: 'BURST', explanation: 'late' };
        const writing = server()
          .app.get(DatabaseService)
          .transaction(async (client) => {
            await client.keyAlert.create({ data: row });
            await committing;
          });
        const deleting = server().query('alice', DELETE);
        const waiting = () => database().$queryRaw<unknown[]>`
          SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
          WHERE NOT granted AND datname = current_database()`;
        while ((await waiting()).length === 0);
        commit();
        await Promise.all([writing, deleting]);
        expect(await database().keyAlert.count()).toBe(0);
      });
    }
  });

  describe('of a network', () => {
    it('are found where many different keys are refused, by several users, once an hour', async () => {
      for (let number = 0; number < 13; number += 1) {
        server().standIn.once('BRAVE', REFUSED);
        const input = {
          provider: 'BRAVE',
          apiKey: `stolen-key-number-${String(1_000 + number)}`,
          verify: true,
        };
        const headers = { 'x-forwarded-for': `203.0.113.${String(number)}` };
        await server().post(`user-${String(number % 4)}`, STORE, { input }, headers);
      }
      const rows = await anomaliesOf('');
      expect(rows).toMatchObject([{ outcome: 'OK', provider: null, keyId: null, keySource: null }]);
      expect(rows[0]?.detail).toMatch(/^KEY_STUFFING: .* Network: [\w-]{43}\.$/);
      expect(await database().keyAlert.count()).toBe(0);
    });

    it('are not found where one key is tried again and again', async () => {
      const input = { provider: 'BRAVE', apiKey: 'stolen-key-number-1000', verify: true };
      for (let number = 0; number < 12; number += 1) {
        server().standIn.once('BRAVE', REFUSED);
        await server().post('mallory', STORE, { input }, { 'x-forwarded-for': '203.0.113.1' });
      }
      expect(await anomaliesOf('')).toEqual([]);
    });

    it('are found where many different tokens fail, once an hour', async () => {
      const send = async (authorization: string, address: string) =>
        fetch(`${server().url}/graphql`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json', 'x-forwarded-for': address },
          body: '{"query":"{ viewer { id } }"}',
        });
      for (let number = 0; number < 29; number += 1)
        await send(`Bearer nonsense-${String(number)}`, `203.0.113.${String(number)}`);
      for (let number = 0; number < 5; number += 1) await send('Bearer nonsense-1', '203.0.113.7');
      for (let number = 0; number < 5; number += 1)
        await send(`Bearer ${await signToken('alice')}`, '203.0.113.7');
      expect(await anomaliesOf('')).toEqual([]);
      for (let number = 29; number < 40; number += 1)
        await send(`Bearer nonsense-${String(number)}`, '203.0.113.7');
      expect((await anomaliesOf('')).map(({ detail }) => detail?.split(':')[0])).toEqual(['FAILED_TOKENS']);
    });
  });
});
