import { randomBytes } from 'node:crypto';
import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { useServerProcess } from '../support/use-server-process.js';

const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id name } } }';
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { name } } }';
const LIST = '{ apiKeys { name } auditEvents(first: 200) { edges { node { kind detail } } } }';

const secret = (length: number): string => randomBytes(length).toString('base64url').slice(0, length);
const hex = (length: number): string => randomBytes(length / 2).toString('hex');

/** Keys of every provider, and some that no provider makes. */
const keys: readonly (readonly [provider: string, key: string])[] = [
  ['OPENAI', `sk-proj-${secret(156)}`],
  ['OPENAI', `sk-${hex(48)}`],
  ['OPENAI', 'a-shape-of-next-year-0123456789'],
  ['ANTHROPIC', `sk-ant-api03-${secret(95)}`],
  ['GOOGLE', `AIza${secret(35)}`],
  ['OPENROUTER', `sk-or-v1-${hex(64)}`],
  ['GROQ', `gsk_${secret(52).replaceAll(/[-_]/g, 'x')}`],
  ['XAI', `xai-${secret(80).replaceAll(/[-_]/g, 'x')}`],
  ['DEEPSEEK', `sk-${hex(32)}`],
  ['MISTRAL', secret(32).replaceAll(/[-_]/g, 'x')],
  ['FIRECRAWL', `fc-${hex(32)}`],
  ['BRAVE', `BSA${secret(28)}`],
  ['TAVILY', `tvly-dev-${secret(32)}`],
  ['SERPER', hex(40)],
];
const wrappings: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `(${key})`,
  (key) => `"${key}"`,
  (key) => `key=${key}`,
  (key) => `[work]${key}`,
  (key) => `mine: ${key}`,
];
const labels = [
  'work',
  'Production key (EU)',
  'fc-production-search-key',
  'sk-ant-work-laptop-anthropic',
  'sk-proj-telecommunications-department',
  'sk-ant-AliceMacBookPro2026',
  'tvly-searchForProduction',
  'x'.repeat(100),
  '🔑 clé',
];

describe('a key in the place of its name', () => {
  const running = useServerProcess();

  const refusal = {
    data: null,
    errors: [{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'input.name' }] } }],
  };

  it('is refused, stored or changed, and nothing of it is kept', async () => {
    for (const [provider, apiKey] of keys) await refuses(provider, apiKey);
  });

  async function refuses(provider: string, apiKey: string): Promise<void> {
    const { storeApiKey } = await running().server.query('alice', STORE, {
      input: { provider, apiKey, name: 'work' },
    });
    const { id: keyId } = storeApiKey.apiKey;
    for (const wrap of wrappings) {
      const name = wrap(apiKey).slice(0, 100);
      const answers = await Promise.all([
        running().server.post('alice', STORE, { input: { provider, apiKey, name } }),
        running().server.post('alice', STORE, {
          input: { provider: 'SERPER', apiKey: 'another-key-of-hers', name },
        }),
        running().server.post('alice', UPDATE, { input: { keyId, name } }),
      ]);
      // An unknown shape is recognized by the key itself, and by its masked form.
      const [own, others, renamed] = answers;
      expect([name, own]).toMatchObject([name, refusal]);
      expect([name, renamed]).toMatchObject([name, refusal]);
      if (!apiKey.startsWith('a-shape')) expect([name, others]).toMatchObject([name, refusal]);
      expect(JSON.stringify([own, renamed])).not.toContain(apiKey.slice(8, 24));
    }
    const { apiKeys, auditEvents } = await running().server.query('alice', LIST);
    expect(apiKeys).toContainEqual({ name: 'work' });
    if (!apiKey.startsWith('a-shape')) expect(JSON.stringify(apiKeys)).not.toContain(apiKey.slice(8, 24));
    expect(JSON.stringify(auditEvents)).not.toContain(apiKey.slice(8, 24));
  }

  it('is refused in pieces, too, where the key is at hand', async () => {
    const apiKey = `sk-proj-${secret(60)}`;
    for (const name of [
      apiKey.slice(20, 34),
      `mine (${apiKey.slice(-12)})`,
      apiKey.slice(8, 28).toUpperCase(),
    ]) {
      const answer = await running().server.post('alice', STORE, {
        input: { provider: 'OPENAI', apiKey, name },
      });
      expect([name, answer]).toMatchObject([name, refusal]);
    }
  });

  it('is refused as the name of a model, too, for the audit trail keeps that', async () => {
    const models = keys.filter(([provider]) => (providerIdsOf('CHAT') as string[]).includes(provider));
    for (const [provider, apiKey] of models) {
      await running().server.storeKey('bob', provider, apiKey);
      for (const model of [apiKey, `model=${apiKey}`])
        await expect(running().server.chatEvents('bob', { provider, model })).rejects.toThrow('input.model');
    }
    const foreign = keys.filter(([, key]) => /^(?:sk-|AIza|gsk_|xai-|fc-|BSA|tvly-)/.test(key));
    for (const [, model] of foreign)
      await expect(running().server.chatEvents('bob', { provider: 'OPENAI', model })).rejects.toThrow(
        'BAD_USER_INPUT',
      );
    const { auditEvents } = await running().server.query(
      'bob',
      '{ auditEvents(first: 200) { edges { node { kind model } } } }',
    );
    for (const { node } of auditEvents.edges) expect(node).toMatchObject({ model: null });

    await running().server.chatEvents('bob', {
      provider: 'OPENAI',
      model: 'ft:gpt-5-mini:our-org:tuned:7p4lURel',
    });
  });

  it('does not keep people from naming keys as they like', async () => {
    const apiKey = `sk-proj-${secret(60)}`;
    for (const name of [...labels, `sk-proj-…${apiKey.slice(-4)}`]) {
      const { storeApiKey } = await running().server.query('alice', STORE, {
        input: { provider: 'OPENAI', apiKey, name },
      });
      const { id: keyId } = storeApiKey.apiKey;
      const { updateApiKey } = await running().server.query('alice', UPDATE, { input: { keyId, name } });
      expect([storeApiKey.apiKey.name, updateApiKey.apiKey.name]).toEqual([name, name]);
    }
  });

  it('leaves none in the log', async () => {
    const { stdout } = await running().server.kill('SIGTERM');
    expect(stdout).toContain('request completed');
    for (const [, key] of keys) expect(stdout).not.toContain(key);
  });
});
