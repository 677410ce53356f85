import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { AccessTokensRepository } from '../../src/access-tokens/access-tokens.repository.js';
import { MAX_TOKENS } from '../../src/access-tokens/access-token.model.js';
import { hashOf } from '../../src/access-tokens/token-secret.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createToken, inDays, revokeToken } from '../support/access-tokens.js';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';

const LIST = '{ accessTokens { id name scopes createdAt lastUsedAt expiresAt } }';
const TRAIL = '{ auditEvents { edges { node { kind accessTokenId outcome detail } } } }';
const CREATE = 'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }';
const REVOKE = 'mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }';
const DELETE = 'mutation ($id: ID!) { deleteMyData(confirmUserId: $id) { deletedKeys } }';
const KEYS = '{ apiKeys { id } }';

describe.each(databaseKinds)('access tokens, on %s', (kind) => {
  const server = useTestServer({}, kind);

  const database = () => server().app.get(DatabaseService).client;
  const listOf = async (userId: string) => (await server().query(userId, LIST)).accessTokens as any[];
  const trailOf = async (userId: string) =>
    ((await server().query(userId, TRAIL)).auditEvents.edges as any[]).map(({ node }) => node as object);
  const violationsOf = async (input: object) => {
    const { errors } = await server().post('alice', CREATE, {
      input: { name: 'ci', scopes: ['CHAT'], expiresAt: inDays(1), ...input },
    });
    return errors[0]?.extensions.violations ?? errors[0]?.extensions.code;
  };

  describe('are made', () => {
    it('of 256 random bits, which are shown once and kept nowhere', async () => {
      const expiresAt = inDays(365);
      const made = await createToken(server(), 'alice', {
        name: ' ci ',
        scopes: ['SEARCH', 'CHAT'],
        expiresAt,
      });
      const { secret, ...shown } = made;
      expect(secret).toMatch(/^ks_[\w-]{43}$/);
      expect(shown).toMatchObject({ name: 'ci', expiresAt, lastUsedAt: null });
      expect(await listOf('alice')).toEqual([{ ...shown, scopes: ['CHAT', 'SEARCH'] }]);
      expect(await listOf('bob')).toEqual([]);
      const [row] = await database().accessToken.findMany();
      expect(Buffer.from(row!.hash).toString('hex')).toBe(hashOf(secret));
      const rows = await database().$queryRaw<object[]>`SELECT access_tokens::text FROM access_tokens`;
      expect(JSON.stringify([rows, await trailOf('alice')])).not.toContain(secret.slice(3, 20));
    });

    it('with a row of the trail, as they are revoked', async () => {
      const { id } = await createToken(server(), 'alice', {
        name: 'ci',
        scopes: ['CHAT', 'AUDIT'],
        expiresAt: inDays(9),
      });
      expect(await revokeToken(server(), 'alice', id)).toEqual({ revokeAccessToken: { id } });
      expect(await listOf('alice')).toEqual([]);
      expect(await trailOf('alice')).toEqual([
        { kind: 'TOKEN_REVOKED', accessTokenId: id, outcome: 'OK', detail: 'ci' },
        {
          ...{ kind: 'TOKEN_CREATED', accessTokenId: id, outcome: 'OK' },
          detail: expect.stringMatching(/^ci: CHAT AUDIT, until 2/) as string,
        },
      ]);
    });

    it.each([
      [{ name: '' }, 'input.name'],
      [{ name: 'x'.repeat(101) }, 'input.name'],
      [{ name: 'a\u0007b' }, 'input.name'],
      [{ name: `sk-proj-${'aB3dE5fG7'.repeat(4)}` }, 'input.name'],
      [{ scopes: [] }, 'input.scopes'],
      [{ scopes: ['CHAT', 'CHAT'] }, 'input.scopes'],
      [{ expiresAt: inDays(-1) }, 'input.expiresAt'],
      [{ expiresAt: inDays(366.1) }, 'input.expiresAt'],
    ])('not of %j', async (input, path) => {
      expect(await violationsOf(input)).toMatchObject([{ path }]);
      expect(await listOf('alice')).toEqual([]);
    });

    it('not with a scope that there is not', async () => {
      expect(
        await server().failure('alice', CREATE, {
          input: { name: 'ci', scopes: ['EVERYTHING'], expiresAt: inDays(1) },
        }),
      ).toBe('BAD_USER_INPUT');
    });

    it('fifty per user, however many are made at once, past the turns of one server', async () => {
      const repository = server().app.get(AccessTokensRepository);
      const make = () => {
        const token = { id: uuidv7(), name: 'ci', scopes: ['CHAT'], createdAt: new Date() } as const;
        const end = new Date(Date.now() + 60_000);
        return repository.create('alice', {
          ...token,
          expiresAt: end,
          hash: randomBytes(32).toString('hex'),
        });
      };
      const made = await Promise.all(Array.from({ length: MAX_TOKENS + 10 }, make));
      expect(made.filter(Boolean)).toHaveLength(MAX_TOKENS);
      expect(await listOf('alice')).toHaveLength(MAX_TOKENS);
      expect(await violationsOf({})).toMatchObject([{ path: 'input' }]);
      expect(await database().auditEvent.count({ where: { kind: 'TOKEN_CREATED' } })).toBe(MAX_TOKENS);
      await createToken(server(), 'bob');
      const [first] = await listOf('alice');
      await revokeToken(server(), 'alice', first.id as string);
      await createToken(server(), 'alice');
    });

    it('in the place of those that have expired', async () => {
      const { id } = await createToken(server(), 'alice');
      await database().accessToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
      const others = Array.from({ length: MAX_TOKENS }, () => createToken(server(), 'alice'));
      const made = (await Promise.all(others)).map((token) => token.id);
      expect((await listOf('alice')).map((token) => token.id as string).sort()).toEqual(made.sort());
      expect(await database().accessToken.count()).toBe(MAX_TOKENS);
    });
  });

  describe('are revoked', () => {
    it('by their owner alone, and once', async () => {
      const { id, secret } = await createToken(server(), 'alice', { scopes: ['KEYS_READ'] });
      expect(await server().failure('bob', REVOKE, { id })).toBe('BAD_USER_INPUT');
      expect(await server().failure('alice', REVOKE, { id: 'x' })).toBe('BAD_USER_INPUT');
      expect(await server().query(secret, KEYS)).toEqual({ apiKeys: [] });
      await revokeToken(server(), 'alice', id);
      expect(await server().failure('alice', REVOKE, { id })).toBe('BAD_USER_INPUT');
      expect(await server().failure(secret, KEYS)).toBe('UNAUTHENTICATED');
    });

    it('with all else that is kept of their owner', async () => {
      const [alice, bob] = await Promise.all(
        ['alice', 'bob'].map((user) => createToken(server(), user, { scopes: ['KEYS_READ'] })),
      );
      expect(await server().query(alice!.secret, KEYS)).toEqual({ apiKeys: [] });
      await server().query('alice', DELETE, { id: 'alice' });
      expect(await server().failure(alice!.secret, KEYS)).toBe('UNAUTHENTICATED');
      expect(await listOf('alice')).toEqual([]);
      expect(await server().query(bob!.secret, KEYS)).toEqual({ apiKeys: [] });
    });
  });

  it('are exported without their secrets, expired ones too', async () => {
    const { id, secret, name } = await createToken(server(), 'alice', { name: 'ci' });
    await database().accessToken.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    const text = await server().exportOf('alice');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.filter(({ type }) => type === 'accessToken')).toMatchObject([
      { id, name, scopes: ['CHAT'] },
    ]);
    expect(text).not.toContain(secret.slice(3, 20));
    expect(text).not.toContain(hashOf(secret));
    expect(await server().exportOf('bob')).not.toContain(id);
  });

  it('have their last use written down once a minute at most', async () => {
    const { id, secret } = await createToken(server(), 'alice', { scopes: ['KEYS_READ'] });
    const repository = server().app.get(AccessTokensRepository);
    const lastUse = async () => (await listOf('alice'))[0].lastUsedAt as string | null;
    expect(await lastUse()).toBeNull();
    await server().query(secret, KEYS);
    while ((await lastUse()) === null);
    const first = (await lastUse())!;
    const after = (ms: number) => new Date(Date.parse(first) + ms);
    await repository.noteUse('alice', id, after(59_999));
    expect(await lastUse()).toBe(first);
    await repository.noteUse('bob', id, after(120_000));
    expect(await lastUse()).toBe(first);
    await repository.noteUse('alice', id, after(60_000));
    expect(await lastUse()).toBe(after(60_000).toISOString());
  });
});
