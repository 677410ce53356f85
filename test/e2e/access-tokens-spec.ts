import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { jest } from '@jest/globals';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { OpenTokens } from '../../src/auth/open-tokens.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { createToken, inDays, type MadeToken, revokeToken } from '../support/access-tokens.js';
import { type Door, doors } from '../support/doors.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { CHAT, HELLO, type TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text } }';
const KEYS = '{ apiKeys { id } }';
const TRAIL = '{ auditEvents { edges { node { kind accessTokenId } } } }';
const MADE_UP = `ks_${'A'.repeat(43)}`;
const input = { messages: HELLO };

/** The rows of a user's trail, oldest first, each with the token that it names. */
async function trailOf(server: TestServer, userId: string): Promise<string[]> {
  const { auditEvents } = await server.query(userId, TRAIL);
  const nodes = (auditEvents.edges as any[]).map(({ node }) => node as Record<string, string | null>);
  return nodes.map(({ kind, accessTokenId }) => `${kind!} ${accessTokenId ?? '-'}`).reverse();
}

describe('an access token', () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

  /** A chat that is being answered. */
  async function chatting(door: Door, token: MadeToken) {
    const upstream = new ScriptedChat(server().standIn);
    const watcher = await door.subscribe(server(), token.secret, CHAT, { input });
    expect(await watcher.next()).toMatchObject({ data: { chat: { __typename: 'ChatStarted' } } });
    await upstream.say('one');
    expect(await watcher.next()).toMatchObject({ data: { chat: { text: 'one' } } });
    return { upstream, watcher };
  }

  it.each([
    ['/graphql/stream', 'text/event-stream'],
    ['/graphql', 'multipart/mixed;subscriptionSpec="1.0"'],
    ['/graphql', 'application/json'],
  ])('begins nothing with a body that comes when it is revoked: %s, %s', async (path, accept) => {
    const token = await createToken(server(), 'alice');
    const body = JSON.stringify({
      query: accept === 'application/json' ? COMPLETE : CHAT,
      variables: { input },
    });
    const request = httpRequest(`${server().url}${path}`, {
      method: 'POST',
      headers: {
        accept,
        authorization: `Bearer ${token.secret}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write(body.slice(0, 10));
    while (server().app.get(OpenTokens).ids.length === 0) await fetch(`${server().url}/healthz`);
    await revokeToken(server(), 'alice', token.id);
    request.end(body.slice(10));
    const [response] = await answered;
    expect(response.statusCode).toBe(401);
    response.resume();
    expect(server().standIn.requests).toEqual([]);
  });

  describe.each(doors)('over $name', (door) => {
    it('streams a chat, of which the trail names it', async () => {
      const token = await createToken(server(), 'alice');
      const { upstream, watcher } = await chatting(door, token);
      await upstream.end();
      while (await watcher.next());
      await server().chatEvents('alice', {});
      expect(await trailOf(server(), 'alice')).toEqual([
        'KEY_STORED -',
        `TOKEN_CREATED ${token.id}`,
        `KEY_USED ${token.id}`,
        `CHAT_FINISHED ${token.id}`,
        'KEY_USED -',
        'CHAT_FINISHED -',
      ]);
    });

    it('closes its streams when it is revoked, and no other one’s', async () => {
      const [token, other] = [await createToken(server(), 'alice'), await createToken(server(), 'alice')];
      const { upstream, watcher } = await chatting(door, token);
      const kept = await chatting(door, other);
      await revokeToken(server(), 'alice', token.id);
      expect(await watcher.next()).toBeNull();
      await upstream.closed();
      await kept.upstream.say('two');
      expect(await kept.watcher.next()).toMatchObject({ data: { chat: { text: 'two' } } });
      await kept.upstream.end();
      while (await kept.watcher.next());
    });

    it('closes its streams when it expires', async () => {
      const token = await createToken(server(), 'alice', { expiresAt: inDays(2 / 86_400) });
      const { upstream, watcher } = await chatting(door, token);
      expect(await watcher.next()).toBeNull();
      await upstream.closed();
    });

    it('is refused as a bad JWT is, where it is not good', async () => {
      const revoked = await createToken(server(), 'alice');
      await revokeToken(server(), 'alice', revoked.id);
      const bad = ['ks_', 'ks_short', `${MADE_UP}A`, MADE_UP, revoked.secret, revoked.secret.toUpperCase()];
      for (const token of bad)
        expect([token, await door.knock(server(), { authorization: `Bearer ${token}` })]).toEqual([
          token,
          door.refusals.token,
        ]);
    });

    it('is not refused for good where it cannot be looked up', async () => {
      const database = server().app.get(DatabaseService);
      const token = await createToken(server(), 'alice');
      const away = jest.spyOn(database, 'run').mockRejectedValue(new DatabaseUnavailableError());
      try {
        expect(await door.knock(server(), { authorization: `Bearer ${token.secret}` })).toBe(
          door.refusals.later,
        );
      } finally {
        away.mockRestore();
      }
    });
  });

  it('says over WebSocket with 4403 that it was revoked', async () => {
    const token = await createToken(server(), 'alice');
    const socket = await server().socket();
    await socket.init(token.secret);
    await revokeToken(server(), 'alice', token.id);
    expect(await socket.closed).toEqual({ code: 4403, reason: 'The token was revoked' });
  });

  it('is refused over HTTP in the words for a bad JWT', async () => {
    const expired = await createToken(server(), 'alice');
    const database = server().app.get(DatabaseService).client;
    await database.accessToken.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    const answers = await Promise.all(
      ['ks_', MADE_UP, expired.secret, 'a.b.c'].map(async (token) => {
        const headers = { authorization: `Bearer ${token}` };
        const { status, errors } = await server().post(null, KEYS, {}, headers);
        return { status, message: errors[0]!.message, code: errors[0]!.extensions.code };
      }),
    );
    const message = 'A valid token is needed: Authorization: Bearer <token>.';
    expect(answers).toEqual(answers.map(() => ({ status: 401, message, code: 'UNAUTHENTICATED' })));
  });

  it('stops what it waits for when it is revoked', async () => {
    const token = await createToken(server(), 'alice');
    const asked = server().standIn.nextRequest('OPENAI');
    server().standIn.once('OPENAI', hang());
    const answer = server().failure(token.secret, COMPLETE, { input });
    const exchange = await asked;
    await revokeToken(server(), 'alice', token.id);
    expect(await answer).toBe('UNAUTHENTICATED');
    await exchange.closedByClient;
  });

  it('is named by every row of what it changes', async () => {
    const token = await createToken(server(), 'alice', { scopes: ['KEYS_WRITE', 'CHAT', 'SEARCH'] });
    const keyId = await server().storeKey(token.secret, 'BRAVE', KEY);
    const verify = 'mutation ($id: ID!) { verifyApiKey(keyId: $id) { warning } }';
    await server().query(token.secret, verify, { id: keyId });
    await server().query(token.secret, '{ webSearch(input: { query: "words" }) { provider } }');
    await server().query(token.secret, '{ models(provider: OPENAI) { source } }');
    const update = 'mutation ($id: ID!) { updateApiKey(input: { keyId: $id, name: "x" }) { apiKey { id } } }';
    await server().query(token.secret, update, { id: keyId });
    await server().storeKey(token.secret, 'BRAVE', `newer-${KEY}`);
    const { edges } = (await server().query('alice', '{ apiKeyHistory { edges { node { id } } } }'))
      .apiKeyHistory;
    const remove = 'mutation ($id: ID!) { deleteApiKey(keyId: $id) { deletedKeyId } }';
    await server().query(token.secret, remove, { id: edges[0].node.id });
    expect(await trailOf(server(), 'alice')).toEqual([
      'KEY_STORED -',
      ...[
        ...['TOKEN_CREATED', 'KEY_STORED', 'KEY_VERIFIED', 'KEY_USED', 'SEARCH_FINISHED', 'KEY_USED'],
        ...['KEY_UPDATED', 'KEY_REPLACED', 'KEY_STORED', 'KEY_DELETED'],
      ].map((kind) => `${kind} ${token.id}`),
    ]);
  });
});

describe.each([
  ['everyone', { own: 'TAVILY', bare: 'TAVILY' }],
  ['keyless', { own: 'NO_KEY_AVAILABLE', bare: 'TAVILY' }],
  ['nobody', { own: 'NO_KEY_AVAILABLE', bare: 'NO_KEY_AVAILABLE' }],
  ['scope:keystream.server', { own: 'NO_KEY_AVAILABLE', bare: 'NO_KEY_AVAILABLE' }],
  ['scope:SEARCH', { own: 'NO_KEY_AVAILABLE', bare: 'NO_KEY_AVAILABLE' }],
])('with SERVER_KEYS_FOR=%s', (rule, expected) => {
  const server = useTestServer({ SERVER_KEYS_FOR: rule, TAVILY_API_KEY: 'key-of-the-server-0123' });
  beforeEach(() => server().standIn.acceptKey('TAVILY', 'key-of-the-server-0123'));

  it('an access token spends the server’s keys as its user’s JWT without scopes does', async () => {
    await server().storeKey('alice', 'BRAVE', KEY);
    const search = '{ webSearch(input: { query: "words", provider: TAVILY }) { provider } }';
    const outcomeOf = async (userId: string): Promise<string> => {
      const { secret } = await createToken(server(), userId, { scopes: ['SEARCH', 'CHAT'] });
      const { data, errors } = await server().post<Record<string, any>>(secret, search);
      return (data?.webSearch.provider as string | undefined) ?? errors[0]!.extensions.code;
    };
    expect({ own: await outcomeOf('alice'), bare: await outcomeOf('bob') }).toEqual(expected);
  });
});

describe('making and revoking access tokens', () => {
  const server = useTestServer({ LIMIT_KEY_CHANGES_PER_MINUTE: '2' });

  it('count as changes to keys', async () => {
    const { id } = await createToken(server(), 'alice');
    await revokeToken(server(), 'alice', id);
    const again = 'mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }';
    expect(await server().failure('alice', again, { id })).toBe('RATE_LIMITED');
    await expect(createToken(server(), 'alice')).rejects.toThrow('RATE_LIMITED');
  });
});
