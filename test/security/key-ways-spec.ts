import { reply } from '../../demo/stand-in/behaviours.mjs';
import { candidatesOf } from '../../src/providers/registry/provider-ids.js';
import { registry } from '../../src/providers/registry/registry.js';
import { useTestServer } from '../support/use-test-server.js';

const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const VERIFY = 'mutation ($keyId: ID!) { verifyApiKey(keyId: $keyId) { apiKey { health } } }';

const MODELS = `query ($provider: ChatProvider!, $endpoint: String) {
  models(provider: $provider, endpoint: $endpoint) { source }
}`;

const keyOf = (owner: string, place: string): string => `key-of-${owner}-${place.toLowerCase()}-0123456789`;

/** The server has a key for every provider that it may have one for. */
const serverKeys = Object.fromEntries(
  registry.flatMap(({ id, kind, environment }) =>
    kind === 'CHAT' && environment !== null ? [[environment.apiKey, keyOf('server', id)]] : [],
  ),
);
/** Two endpoints of one user, at two addresses of the stand-in. */
const endpoints = { home: '', work: '/two' } as const;

describe('whatever is asked for, with keys of the server for every provider', () => {
  const server = useTestServer(serverKeys);
  const named = (endpoint: string) => ({ provider: 'CUSTOM', endpoint, model: 'local-model' });
  const order = candidatesOf('CHAT');

  beforeEach(async () => {
    const { standIn } = server();
    for (const provider of order) {
      standIn.acceptKey(provider, keyOf('server', provider));
      await server().storeKey('alice', provider, keyOf('alice', provider));
    }
    for (const [name, path] of Object.entries(endpoints)) {
      const apiKey = keyOf('alice', name);
      standIn.acceptKey('CUSTOM', apiKey);
      const baseUrl = `${standIn.environment().CUSTOM_BASE_URL!}${path}`;
      const input = { provider: 'CUSTOM', apiKey, endpoint: { name, baseUrl } };
      await server().query('alice', STORE, { input });
    }
  });

  /** Whether the models are there that one could chat with so. */
  const lists = async (user: string, provider: string, endpoint?: string): Promise<boolean> => {
    const { errors } = await server().post(user, MODELS, { provider, endpoint });
    return errors.length === 0;
  };

  /** What was asked since: where, and with which key. */
  const asked = (): string[] =>
    server().standIn.requests.map(({ provider, path, key }) => {
      const isSecond = path.startsWith('/two/');
      return `${provider === 'CUSTOM' ? (isSecond ? 'work' : 'home') : provider} ${String(key)}`;
    });
  /** Each place with the keys that may go there. */
  const allowed = new Set([
    ...order.flatMap((id) => [`${id} ${keyOf('alice', id)}`, `${id} ${keyOf('server', id)}`]),
    ...Object.keys(endpoints).map((name) => `${name} ${keyOf('alice', name)}`),
  ]);

  it('a list of models is asked for with the key that goes there, and no other', async () => {
    for (const user of ['alice', 'keyless']) for (const provider of order) await lists(user, provider);
    for (const endpoint of Object.keys(endpoints)) {
      await lists('alice', 'CUSTOM', endpoint);
      await lists('keyless', 'CUSTOM', endpoint);
    }
    expect(new Set(asked())).toEqual(allowed);
    expect(asked()).toHaveLength(allowed.size);
  });

  it('no key of the server goes to an address of a user, nor one of a user to any but its own', async () => {
    for (const user of ['alice', 'keyless']) {
      for (const provider of order) {
        await server().chatEvents(user, { provider });
        expect(await lists(user, provider)).toBe(true);
      }
      await server().chatEvents(user, {});
      // Every one of them fails, one after the other.
      for (const provider of order) server().standIn.once(provider, reply({ status: 503, body: {} }));
      await server().chatEvents(user, { failover: true });
      for (const endpoint of ['home', 'work', 'none']) {
        for (const input of [named(endpoint), { ...named(endpoint), failover: true }]) {
          if (user === 'alice' && endpoint !== 'none') await server().chatEvents(user, input);
          else expect(await server().chatFailure(user, input)).toBe('NO_KEY_AVAILABLE');
        }
        await lists(user, 'CUSTOM', endpoint);
        expect(await lists(user, 'OPENAI', endpoint)).toBe(false);
        const mixed = { ...named(endpoint), provider: 'OPENAI' };
        expect(await server().chatFailure(user, mixed)).toBe('BAD_USER_INPUT');
      }
    }
    const { apiKeys } = await server().query('alice', '{ apiKeys { id } }');
    for (const { id } of apiKeys) await server().query('alice', VERIFY, { keyId: id });
    // No more, and no less: were a key never sent, this test would show nothing of it.
    expect(new Set(asked())).toEqual(allowed);
  });

  it.each([401, 403, 404, 429, 500, 503])(
    'an endpoint that answers with %i is not replaced by anybody',
    async (status) => {
      server().standIn.once('CUSTOM', reply({ status, body: { error: {} } }));
      const events = await server().chatEvents('alice', { ...named('home'), failover: true });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatFailed' });
      expect(asked()).toEqual([`home ${keyOf('alice', 'home')}`]);
    },
  );
});
