import { hang } from '../../demo/stand-in/behaviours.mjs';
import { databaseKinds } from '../support/database.js';
import { naming } from '../support/naming.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { addKeyHours } from '../support/key-hours.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const DELETE = 'mutation ($id: ID!) { deleteMyData(confirmUserId: $id) { deletedKeys } }';
const SETTINGS = 'mutation { updateSettings(input: { fallbackPolicy: NEVER }) { viewer { id } } }';
const RESUME = 'subscription ($chatId: ID!) { resumeChat(chatId: $chatId) { __typename chatId seq } }';
const KEY = 'a-key-of-nobody-0123456789';

describe.each(databaseKinds)('all that is kept of a user, on %s', (kind) => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '60000' }, kind);

  const database = () => server().app.get(DatabaseService).client;
  const request = async (userId: string, init: RequestInit = {}) =>
    fetch(`${server().url}/export`, {
      headers: { authorization: `Bearer ${await signToken(userId)}` },
      ...init,
    });
  const linesOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, any>);
  const exportOf = async (userId: string) => linesOf(await server().exportOf(userId));

  describe('exported', () => {
    it('holds keys, settings, use, trail and answers, and no secret', async () => {
      await server().query('alice', SETTINGS);
      await server().storeKey('alice', 'OPENAI', KEY);
      const keyId = await server().storeKey('alice', 'OPENAI', KEY);
      const events = await server().chatEvents('alice', {});
      await server().storeKey('bob', 'OPENAI', KEY);
      await server().chatEvents('bob', {});
      const response = await request('alice');
      expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const text = await response.text();
      expect(text).not.toMatch(/bob|0123456789|v1\./);
      const lines = linesOf(text);
      const of = (type: string) => lines.filter((line) => line.type === type);
      expect(lines[0]).toMatchObject({ type: 'export', version: 1, userId: 'alice' });
      expect(of('settings')).toMatchObject([{ fallbackPolicy: 'NEVER' }]);
      expect(of('apiKey')).toMatchObject([{ id: keyId, status: 'ACTIVE' }, { status: 'REPLACED' }]);
      const use = { provider: 'OPENAI', keySource: 'USER', chats: 1, cacheWriteInputTokens: 0 };
      expect(of('usageHour')).toMatchObject([use]);
      expect(of('keyHour')).toMatchObject([{ ...use, keyId, model: events[0]!.model }]);
      expect(of('auditEvent').map((event) => event.kind)).toEqual([
        'CHAT_FINISHED',
        'KEY_USED',
        'KEY_STORED',
        'KEY_REPLACED',
        'KEY_STORED',
        'SETTINGS_UPDATED',
      ]);
      expect(of('chatEvent')[0]).toMatchObject({ __typename: 'ChatStarted', chatId: events[0]!.chatId });
      expect(of('chatEvent').at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect(lines.at(-1)).toEqual({ type: 'end', lines: lines.length - 1 });
    });

    it('holds endpoints with their addresses, and not their keys', async () => {
      const keyId = await server().storeKey('alice', 'CUSTOM', KEY);
      await server().chatEvents('alice', naming('CUSTOM'));
      await server().storeKey('bob', 'CUSTOM', KEY);
      const text = await server().exportOf('alice');
      expect(text).not.toMatch(/bob|0123456789|v1\./);
      const lines = linesOf(text);
      const baseUrl = server().standIn.environment().CUSTOM_BASE_URL;
      expect(lines.filter(({ type }) => type === 'apiKey')).toMatchObject([
        { id: keyId, provider: 'CUSTOM', endpoint: { name: 'home', baseUrl } },
      ]);
      expect(lines.filter(({ type }) => type === 'usageHour')).toMatchObject([
        { provider: 'CUSTOM', chats: 1 },
      ]);
      const stored = lines.find(({ kind }) => kind === 'KEY_STORED');
      expect(stored).toMatchObject({ detail: '…6789 for the endpoint home' });
    });

    it('comes page by page, without a row twice or missing', async () => {
      const at = Date.UTC(2026, 0, 1);
      const hour = (index: number) => new Date(at + index * 3_600_000);
      await database().usageHour.createMany({
        data: Array.from({ length: 450 }, (_, index) => ({
          userId: 'alice',
          hour: hour(Math.floor(index / 3)),
          provider: ['OPENAI', 'GOOGLE', 'A_NEWER_ONE'][index % 3]!,
          keySource: 'USER' as const,
        })),
      });
      await database().modelHour.createMany({
        data: Array.from({ length: 450 }, (_, index) => ({
          userId: 'alice',
          hour: hour(Math.floor(index / 3)),
          provider: 'OPENAI',
          keySource: 'USER' as const,
          model: ['', 'gpt-5', 'GPT-5'][index % 3]!,
        })),
      });
      await addKeyHours(
        database(),
        Array.from({ length: 450 }, (_, index) => ({
          userId: 'alice',
          hour: hour(Math.floor(index / 9)),
          provider: 'OPENAI',
          keySource: 'USER' as const,
          // The first of them stands for the server's keys.
          keyId: `00000000-0000-0000-0000-00000000000${Math.floor(index / 3) % 3}`,
          model: ['', 'gpt-5', 'GPT-5'][index % 3]!,
        })),
      );
      await database().auditEvent.createMany({
        data: Array.from({ length: 401 }, () => ({
          userId: 'alice',
          kind: 'KEY_USED' as const,
          outcome: 'OK',
        })),
      });
      const lines = await exportOf('alice');
      const hours = lines
        .filter(({ type }) => type === 'usageHour')
        .map((line) => `${line.hour} ${line.provider}`);
      expect(new Set(hours).size).toBe(450);
      expect(hours).toHaveLength(450);
      const models = lines
        .filter(({ type }) => type === 'modelHour')
        .map((line) => `${line.hour} ${line.model}`);
      expect([models.length, new Set(models).size]).toEqual([450, 450]);
      const keys = lines.filter(({ type }) => type === 'keyHour');
      expect(new Set(keys.map(({ hour, keyId, model }) => `${hour} ${keyId} ${model}`)).size).toBe(450);
      expect(keys).toHaveLength(450);
      expect(keys.filter(({ keyId }) => keyId === null)).toHaveLength(150);
      expect(lines.filter(({ type }) => type === 'auditEvent')).toHaveLength(401);
    });

    it('is given to one client of a user at a time, and to no other user', async () => {
      // More than sockets hold.
      await database().$executeRaw`
        INSERT INTO audit_events (id, user_id, kind, at, outcome, detail)
        SELECT gen_random_uuid(), 'alice', 'KEY_USED', now(), 'OK', repeat('x', 5000) FROM generate_series(1, 4000)`;
      const leaving = new AbortController();
      const first = await request('alice', { signal: leaving.signal });
      const second = await request('alice');
      expect(second.status).toBe(429);
      expect(await second.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
      expect((await request('bob')).status).toBe(200);
      // Nor does it keep the user's other requests waiting.
      expect((await server().query('alice', '{ viewer { id } }')).viewer).toEqual({ id: 'alice' });
      leaving.abort();
      await first.body?.cancel().catch(() => undefined);
      for (;;) {
        const again = await request('alice', {
          headers: { authorization: `Bearer ${await signToken('alice')}` },
        });
        if (again.status !== 200) continue;
        expect(linesOf(await again.text()).at(-1)).toMatchObject({ type: 'end' });
        break;
      }
    });

    it('is for nobody without a token', async () => {
      const response = await fetch(`${server().url}/export`);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect((await request('alice', { headers: { authorization: 'Bearer nonsense' } })).status).toBe(401);
      const elsewhere = {
        authorization: `Bearer ${await signToken('alice')}`,
        origin: 'https://evil.example',
      };
      expect((await request('alice', { headers: elsewhere })).status).toBe(403);
    });
  });

  describe('deleted', () => {
    it('is gone, but for the trail, and nobody else loses anything', async () => {
      await server().query('alice', SETTINGS);
      await server().storeKey('alice', 'GOOGLE', KEY);
      await server().storeKey('alice', 'OPENAI', KEY);
      await server().storeKey('alice', 'OPENAI', KEY);
      await database().modelHour.create({
        data: { userId: 'alice', hour: new Date(0), provider: 'OPENAI', keySource: 'USER', model: 'model' },
      });
      const [{ chatId } = { chatId: '' }] = await server().chatEvents('alice', {});
      await server().storeKey('bob', 'OPENAI', KEY);
      await server().chatEvents('bob', {});
      expect(await server().query('alice', DELETE, { id: 'alice' })).toEqual({
        deleteMyData: { deletedKeys: 2 },
      });
      const userId = 'alice';
      expect(await database().apiKey.count({ where: { userId } })).toBe(0);
      expect(await database().sealedKey.count({ where: { userId } })).toBe(0);
      expect(await database().usageHour.count({ where: { userId } })).toBe(0);
      expect(await database().modelHour.count({ where: { userId } })).toBe(0);
      expect(await database().keyHour.count({ where: { userId } })).toBe(0);
      expect(await database().userSettings.count({ where: { userId } })).toBe(0);
      const trail = await database().auditEvent.findMany({ where: { userId }, orderBy: { id: 'desc' } });
      expect(trail.map((event) => event.kind).slice(0, 2)).toEqual(['DATA_DELETED', 'CHAT_FINISHED']);
      expect(trail[0]).toMatchObject({ outcome: 'OK', detail: 'keys: 2' });
      const client = await server().client('alice');
      const resumed = await client.iterate(RESUME, { chatId }).next();
      expect(resumed.value).toMatchObject({ errors: [{ extensions: { code: 'CHAT_NOT_FOUND' } }] });
      expect(await database().apiKey.count({ where: { userId: 'bob' } })).toBe(1);
      expect(await database().usageHour.count({ where: { userId: 'bob' } })).toBe(1);
      expect(await database().keyHour.count({ where: { userId: 'bob' } })).toBe(1);
      expect((await server().query('alice', '{ viewer { fallbackPolicy } }')).viewer.fallbackPolicy).toBe(
        'USE_SERVER',
      );
    });

    it('takes the sums by key along where a server deletes that does not know of them', async () => {
      await server().storeKey('alice', 'OPENAI', KEY);
      await server().chatEvents('alice', {});
      expect(await database().keyHour.count()).toBe(1);
      // As the version before this table does it.
      await database().$executeRaw`DELETE FROM usage_hours WHERE user_id = 'alice'`;
      expect(await database().keyHour.count()).toBe(0);
    });

    it('takes endpoints along, and their names are free again', async () => {
      const endpoint = await server().storeKey('alice', 'CUSTOM', KEY);
      await server().storeKey('bob', 'CUSTOM', KEY);
      expect(await server().query('alice', DELETE, { id: 'alice' })).toEqual({
        deleteMyData: { deletedKeys: 1 },
      });
      expect(await server().chatFailure('alice', naming('CUSTOM'))).toBe('NO_KEY_AVAILABLE');
      expect(await database().apiKey.count({ where: { userId: 'bob' } })).toBe(1);
      expect(await server().storeKey('alice', 'CUSTOM', KEY)).not.toBe(endpoint);
      const [first] = await server().chatEvents('bob', naming('CUSTOM'));
      expect(first).toMatchObject({ __typename: 'ChatStarted', provider: 'CUSTOM' });
    });

    it('has its chats stopped before, and their ends written down', async () => {
      await server().storeKey('alice', 'OPENAI', KEY);
      server().standIn.once('OPENAI', hang());
      const chat = server().chatEvents('alice', {});
      const exchange = await server().standIn.nextRequest('OPENAI');
      await server().query('alice', DELETE, { id: 'alice' });
      await exchange.closedByClient;
      expect((await chat).at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
      const trail = await database().auditEvent.findMany({
        where: { userId: 'alice' },
        orderBy: { id: 'desc' },
      });
      expect(trail.slice(0, 2)).toMatchObject([
        { kind: 'DATA_DELETED' },
        { kind: 'CHAT_FINISHED', outcome: 'CANCELLED' },
      ]);
      expect(await database().usageHour.count()).toBe(0);
    });

    it("is not deleted for another user's id", async () => {
      await server().storeKey('alice', 'OPENAI', KEY);
      const { errors } = await server().post('alice', DELETE, { id: 'bob' });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        violations: [{ path: 'confirmUserId' }],
      });
      expect(await database().apiKey.count()).toBe(1);
    });
  });
});
