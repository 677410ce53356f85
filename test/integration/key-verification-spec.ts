import { hang, reply } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { signToken } from '../support/test-server.js';

const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { warning replacedKeyId apiKey { id health healthReason healthCheckedAt } }
}`;
const VERIFY = `mutation ($keyId: ID!) {
  verifyApiKey(keyId: $keyId) { warning apiKey { id status health healthReason healthCheckedAt } }
}`;
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
const LIST = '{ apiKeys { id health healthReason } }';
const EVENTS =
  '{ auditEvents(filter: { kinds: [KEY_VERIFIED] }) { edges { node { keyId provider outcome detail } } } }';
const KEY = 'a-key-of-nobody-0123456789';
const OTHER = 'another-key-of-nobody-9876543210';

describe.each(databaseKinds)('verifying keys on %s', (kind) => {
  const server = useTestServer({}, kind);

  const verify = async (keyId: string) => (await server().query('alice', VERIFY, { keyId })).verifyApiKey;
  const store = (input: object) =>
    server().post('alice', STORE, { input: { provider: 'OPENAI', verify: true, ...input } });
  const events = async () =>
    (await server().query('alice', EVENTS)).auditEvents.edges.map(({ node }: { node: object }) => node);
  const forbidden = {
    status: 403,
    body: { error: { message: 'No.', type: 'invalid_request_error', code: null } },
  };

  it('says how a stored key is, a disabled and an expired one too, and writes it down', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    expect(await verify(keyId)).toMatchObject({
      warning: null,
      apiKey: {
        health: 'VALID',
        healthReason: 'The provider accepted it: it may list models.',
        healthCheckedAt: expect.any(String),
      },
    });
    await server().query('alice', UPDATE, {
      input: { keyId, enabled: false, expiresAt: '2020-01-01T00:00:00Z' },
    });
    server().standIn.revokeKey('OPENAI', KEY);
    expect(await verify(keyId)).toMatchObject({ apiKey: { status: 'DISABLED', health: 'REJECTED' } });
    expect(await events()).toEqual([
      { keyId, provider: 'OPENAI', outcome: 'KEY_REJECTED', detail: 'The provider refused it.' },
      { keyId, provider: 'OPENAI', outcome: 'OK', detail: 'The provider accepted it: it may list models.' },
    ]);
  });

  it('leaves the health as it was where nothing was shown, and says why', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    await verify(keyId);
    server().standIn.once('OPENAI', reply(forbidden));
    const { warning, apiKey } = await verify(keyId);
    expect(warning).toContain('does not let this key list models');
    expect(apiKey).toMatchObject({ health: 'VALID', healthReason: warning });
    server().standIn.once('OPENAI', reply(openaiErrors.overloaded()));
    expect(await verify(keyId)).toMatchObject({ apiKey: { health: 'VALID' } });
  });

  it('does not let a rejected key replace one that is stored', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    const { errors } = await store({ apiKey: OTHER });
    expect(errors[0]).toMatchObject({
      message: 'The provider refuses this key. It was not stored: your stored key stays.',
      extensions: { code: 'KEY_REJECTED', retryable: false },
    });
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([
      { id: keyId, health: 'UNVERIFIED' },
    ]);
    expect((await server().chatEvents('alice', {}))[0]).toMatchObject({ keyId });
    expect(await events()).toEqual([
      {
        keyId: null,
        provider: 'OPENAI',
        outcome: 'KEY_REJECTED',
        detail: 'Not stored. The provider refused it.',
      },
    ]);
  });

  it('stores none that is rejected where there is none to replace, either', async () => {
    const { errors } = await store({ apiKey: OTHER });
    expect(errors[0]).toMatchObject({ message: 'The provider refuses this key. It was not stored.' });
    expect((await server().query('alice', LIST)).apiKeys).toEqual([]);
  });

  it.each([
    ['VALID', null],
    ['EXHAUSTED', openaiErrors.quota(OTHER)],
    ['RATE_LIMITED', openaiErrors.rateLimit(OTHER)],
    ['UNVERIFIED', openaiErrors.overloaded()],
    ['UNVERIFIED', forbidden],
  ])('stores a key that is %s, and says so (%#)', async (health, answer) => {
    const replacedKeyId = await server().storeKey('alice', 'OPENAI', KEY);
    server().standIn.acceptKey('OPENAI', OTHER);
    if (answer) server().standIn.once('OPENAI', reply(answer));
    const { data } = await store({ apiKey: OTHER });
    const isShown = health !== 'UNVERIFIED';
    expect(data).toMatchObject({
      storeApiKey: {
        replacedKeyId,
        warning: isShown ? null : expect.stringContaining('Not verified'),
        apiKey: {
          health,
          healthCheckedAt: isShown ? expect.any(String) : null,
          healthReason: expect.any(String),
        },
      },
    });
  });

  it('asks nothing of a key that was not to be verified', async () => {
    await store({ apiKey: OTHER, verify: false });
    expect(server().standIn.requests).toEqual([]);
  });

  it('stores nothing for a client that has left meanwhile', async () => {
    server().standIn.acceptKey('OPENAI', OTHER);
    server().standIn.once('OPENAI', hang());
    const leaving = new AbortController();
    const request = fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken('alice')}` },
      body: JSON.stringify({
        query: STORE,
        variables: { input: { provider: 'OPENAI', apiKey: OTHER, verify: true } },
      }),
      signal: leaving.signal,
    }).catch(() => null);
    const exchange = await server().standIn.nextRequest('OPENAI');
    leaving.abort();
    await request;
    await exchange.closedByClient;
    expect((await server().query('alice', LIST)).apiKeys).toEqual([]);
  });

  it("finds no key of another user's, nor one that is gone", async () => {
    const keyId = await server().storeKey('bob', 'OPENAI', KEY);
    expect(await server().failure('alice', VERIFY, { keyId })).toBe('KEY_NOT_FOUND');
    const own = await server().storeKey('alice', 'OPENAI', KEY);
    await server().storeKey('alice', 'OPENAI', KEY);
    expect(await server().failure('alice', VERIFY, { keyId: own })).toBe('KEY_NOT_FOUND');
    expect(await server().failure('alice', VERIFY, { keyId: 'none' })).toBe('KEY_NOT_FOUND');
    expect(server().standIn.requests).toEqual([]);
  });

  it('says of an unreadable key that it is unreadable', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    const database = server().app.get(DatabaseService).client;
    await database.$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope placing 'AAAA' from 40)`;
    expect(await server().failure('alice', VERIFY, { keyId })).toBe('KEY_UNREADABLE');
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([{ health: 'UNREADABLE' }]);
    expect(server().standIn.requests).toEqual([]);
  });

  it('learns of the health from every real use, too', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    server().standIn.once('OPENAI', reply(openaiErrors.rateLimit(KEY)));
    await server().chatEvents('alice', {});
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([{ health: 'RATE_LIMITED' }]);
    await server().chatEvents('alice', {});
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([
      { health: 'VALID', healthReason: null },
    ]);
  });
});

describe('how often keys may be verified', () => {
  const server = useTestServer({ LIMIT_KEY_CHANGES_PER_MINUTE: '3' });

  it('is limited with the changes to keys: it would be an oracle for stolen ones', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    await server().query('alice', VERIFY, { keyId });
    await server().query('alice', VERIFY, { keyId });
    expect(await server().failure('alice', VERIFY, { keyId })).toBe('RATE_LIMITED');
    expect(server().standIn.requests).toHaveLength(2);
  });
});
