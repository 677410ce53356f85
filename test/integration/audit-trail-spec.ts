import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditKind } from '../../src/audit/audit-event.model.js';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { AuditKeyring } from '../../src/audit/chain/audit-keyring.js';
import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import { openCheckpoint } from '../../src/audit/chain/take-checkpoint.js';
import { TrailCheckpoints } from '../../src/audit/chain/trail-checkpoints.js';
import { TrailKeeper } from '../../src/audit/chain/trail-keeper.js';
import { Verification } from '../../src/audit/chain/verification.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createToken, revokeToken } from '../support/access-tokens.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { TestServer } from '../support/test-server.js';

const KEY = 'a-key-of-nobody-0123456789';
const STORE = `mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }`;
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
const VERIFY = 'mutation ($keyId: ID!) { verifyApiKey(keyId: $keyId) { apiKey { id } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const SETTINGS = 'mutation { updateSettings(input: { fallbackPolicy: NEVER }) { viewer { id } } }';
const SEARCH = '{ webSearch(input: { query: "words" }) { provider } }';
const ERASE = 'mutation { deleteMyData(confirmUserId: "alice") { deletedKeys } }';
const INTEGRITY = '{ auditIntegrity { checkedAt ok } }';

describe.each(databaseKinds)('the audit trail of a server on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keystream-test-'));
    database = await createDatabase(kind);
    const AUDIT_CHECKPOINT_FILE = join(folder, 'checkpoint');
    server = await TestServer.start({ ...database.environment, AUDIT_CHECKPOINT_FILE });
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const service = () => server.app.get(DatabaseService);
  const verify = async (): Promise<string[]> => {
    const faults: string[] = [];
    const listener = { onProgress: () => undefined, onFault: (words: string) => faults.push(words) };
    const options = { page: 100, known: null, isPartial: false };
    await new Verification(service(), server.app.get(AuditKeyring), options, listener).run();
    return faults;
  };
  const integrity = async () => (await server.query('bob', INTEGRITY)).auditIntegrity;
  const store = async (input: object): Promise<string> =>
    (await server.query('alice', STORE, { input })).storeApiKey.apiKey.id as string;

  /** Something of every kind. */
  const live = async (): Promise<void> => {
    for (const provider of ['OPENAI', 'SERPER']) server.standIn.acceptKey(provider, KEY);
    await store({ provider: 'OPENAI', apiKey: KEY });
    const keyId = await store({ provider: 'OPENAI', apiKey: KEY, verify: true });
    await server.post('alice', STORE, { input: { provider: 'GOOGLE', apiKey: KEY, verify: true } });
    await server.query('alice', UPDATE, { input: { keyId, name: 'mine' } });
    await server.query('alice', VERIFY, { keyId });
    await server.chatEvents('alice', { provider: 'OPENAI' });
    await store({ provider: 'SERPER', apiKey: KEY });
    await server.query('alice', SEARCH);
    await server.query('alice', SETTINGS);
    const token = await createToken(server, 'alice', { scopes: ['SEARCH'] });
    await server.query(token.secret, SEARCH);
    await revokeToken(server, 'alice', token.id);
    // Somebody tampers with a record: the rules see it.
    await service().client
      .$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60)`;
    await server.post('alice', SEARCH);
    await server.app.get(AnomalyWatch).settle();
    await server.query('alice', DELETE, { keyId });
    await server.query('alice', ERASE);
  };

  it('has a MAC and a link for every row, of whichever kind', async () => {
    await live();
    const trail = server.app.get(AuditTrail);
    await trail.flush();
    expect(trail.pending).toBe(0);
    const rows = await service().client.auditEvent.findMany();
    expect(new Set(rows.map((row) => row.kind))).toEqual(new Set(Object.values(AuditKind)));
    expect(rows.filter(({ mac, keyGeneration }) => mac?.length !== 32 || keyGeneration !== 1)).toEqual([]);
    const links = await service().client.auditLink.findMany({ where: { eventId: { not: null } } });
    expect(links.map(({ eventId }) => eventId).sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(await verify()).toEqual([]);
  });

  it('is signed and verified by the hour: everybody sees whether it is right, and it stays wrong', async () => {
    const checkpoints = server.app.get(TrailCheckpoints);
    await server.app.get(TrailKeeper).work();
    await inMaintenance('DELETE FROM audit_checkpoints');
    expect(await integrity()).toEqual({ checkedAt: null, ok: null });
    await live();
    await server.app.get(AuditTrail).flush();
    await checkpoints.take(later());
    expect(await integrity()).toEqual({ checkedAt: expect.any(String), ok: true });

    const note = await readFile(join(folder, 'checkpoint'), 'utf8');
    const checkpoint = openCheckpoint(note, server.app.get(AuditKeyring), 'test');
    expect(checkpoint).toMatchObject({ environmentName: 'test', verified: true, nextVerifier: null });
    expect(checkpoint?.open.size).toBe(1);

    await server.storeKey('carol', 'OPENAI', KEY);
    await server.app.get(AuditTrail).flush();
    await inMaintenance(`UPDATE audit_events SET outcome = 'X' WHERE user_id = 'carol'`);
    for (let hour = 0; hour < 2; hour += 1) {
      await checkpoints.take(later());
      expect(await integrity()).toMatchObject({ ok: false });
    }
    // Who can change the database cannot say that it is right.
    await inMaintenance('UPDATE audit_checkpoints SET ok = true');
    expect(await integrity()).toMatchObject({ ok: false });
    await checkpoints.take(later());
    expect(await integrity()).toMatchObject({ ok: false });
  });

  /** As if hours had passed. */
  const later = () => Date.now() + (hours += 1) * 3_600_000;
  let hours = 0;
  const inMaintenance = (sql: string) =>
    service().client.$executeRawUnsafe(
      `DO $$ BEGIN SET LOCAL keystream.audit_maintenance = 'on'; ${sql}; END $$`,
    );

  it('has its chain closed by a server that stops', async () => {
    await live();
    await server.stop();
    server = await TestServer.start(database.environment);
    await server.app.get(TrailKeeper).work();
    const notes = await service().client.auditLink.findMany({
      where: { note: { not: null } },
      orderBy: [{ writer: 'asc' }, { number: 'asc' }],
    });
    const types = notes.map(({ note }) => (JSON.parse(note ?? '') as { type: string }).type);
    expect(types).toEqual(['BEFORE', 'OPENED', 'CLOSED', 'OPENED', 'END']);
    expect(await verify()).toEqual([]);
  });
});
