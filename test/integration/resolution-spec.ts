import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const EXPLAIN = `query ($provider: Provider, $kind: ProviderKind) {
  keyResolution(provider: $provider, kind: $kind) {
    available provider source keyId candidates { provider source keyId chosen outcome reason }
  }
}`;
const DISABLE =
  'mutation ($keyId: ID!) { updateApiKey(input: { keyId: $keyId, enabled: false }) { apiKey { id } } }';
const KEY = 'a-key-of-nobody-0123456789';

interface Resolution {
  readonly available: boolean;
  readonly provider: string | null;
  readonly source: string | null;
  readonly keyId: string | null;
  readonly candidates: readonly {
    provider: string;
    source: string;
    outcome: string;
    chosen: boolean;
    reason: string;
  }[];
}

describe.each(databaseKinds)('key resolution on %s', (kind) => {
  describe('without keys of the server', () => {
    const server = useTestServer({}, kind);

    const explain = async (variables: object = {}): Promise<Resolution> =>
      (await server().query('alice', EXPLAIN, { ...variables })).keyResolution as Resolution;
    const outcomes = ({ candidates }: Resolution) =>
      candidates.map(({ provider, source, outcome }) => `${source} ${provider} ${outcome}`);

    it('finds nothing where there is nothing, and says so of each candidate in the order tried', async () => {
      const resolution = await explain();
      expect(resolution).toMatchObject({ available: false, provider: null, source: null, keyId: null });
      expect(outcomes(resolution)).toEqual([
        'USER OPENAI NO_KEY',
        'USER ANTHROPIC NO_KEY',
        'USER GOOGLE NO_KEY',
        'SERVER OPENAI NO_KEY',
        'SERVER ANTHROPIC NO_KEY',
        'SERVER GOOGLE NO_KEY',
      ]);
    });

    it('takes the first stored key in the order OPENAI, ANTHROPIC, GOOGLE', async () => {
      await server().storeKey('alice', 'GOOGLE', KEY);
      const keyId = await server().storeKey('alice', 'ANTHROPIC', KEY);
      const resolution = await explain();
      expect(resolution).toMatchObject({ available: true, provider: 'ANTHROPIC', source: 'USER', keyId });
      expect(outcomes(resolution).slice(0, 3)).toEqual([
        'USER OPENAI NO_KEY',
        'USER ANTHROPIC CHOSEN',
        'USER GOOGLE NOT_NEEDED',
      ]);
    });

    it('takes search engines in their order for kind SEARCH', async () => {
      await server().storeKey('alice', 'SERPER', KEY);
      await server().storeKey('alice', 'BRAVE', KEY);
      expect(await explain({ kind: 'SEARCH' })).toMatchObject({ provider: 'BRAVE', source: 'USER' });
    });

    it('counts a disabled key as none, and says so', async () => {
      const keyId = await server().storeKey('alice', 'OPENAI', KEY);
      await server().storeKey('alice', 'GOOGLE', KEY);
      await server().query('alice', DISABLE, { keyId });
      const resolution = await explain();
      expect(resolution).toMatchObject({ provider: 'GOOGLE' });
      expect(resolution.candidates[0]).toMatchObject({ outcome: 'DISABLED', chosen: false, keyId });
    });

    it("does not see another user's key", async () => {
      await server().storeKey('bob', 'OPENAI', KEY);
      expect(await explain()).toMatchObject({ available: false });
    });
  });

  describe('with keys of the server for ANTHROPIC and BRAVE', () => {
    const server = useTestServer(
      { ANTHROPIC_API_KEY: 'server-key-0123456789', BRAVE_API_KEY: 'server-key-0123456789' },
      kind,
    );

    const corrupt = (keyId: string) =>
      server().app.get(DatabaseService).client
        .$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope placing 'AAAA' from 40) WHERE key_id = ${keyId}::uuid`;

    it("falls back to the server's only where the user has none", async () => {
      server().standIn.acceptKey('ANTHROPIC', 'server-key-0123456789');
      const [started] = await server().chatEvents('alice', {});
      expect(started).toMatchObject({
        provider: 'ANTHROPIC',
        keySource: 'SERVER',
        keyId: null,
        maskedKey: null,
      });
      await server().storeKey('alice', 'GOOGLE', KEY);
      const [again] = await server().chatEvents('alice', {});
      expect(again).toMatchObject({ provider: 'GOOGLE', keySource: 'USER' });
    });

    it('looks at the named provider only', async () => {
      await server().storeKey('alice', 'GOOGLE', KEY);
      expect(await server().chatFailure('alice', { provider: 'OPENAI' })).toBe('NO_KEY_AVAILABLE');
    });

    it("never spends the server's key, nor another of the user's, for an unreadable one", async () => {
      const keyId = await server().storeKey('alice', 'ANTHROPIC', KEY);
      await server().storeKey('alice', 'GOOGLE', KEY);
      await corrupt(keyId);
      expect(await server().chatFailure('alice', {})).toBe('KEY_UNREADABLE');
      expect(await server().chatFailure('alice', { provider: 'ANTHROPIC' })).toBe('KEY_UNREADABLE');
      expect(server().standIn.requests).toEqual([]);
      const { apiKeys, auditEvents, providers, keyResolution } = await server().query(
        'alice',
        `{ apiKeys { provider health }
           auditEvents(first: 1) { edges { node { kind outcome keyId } } }
           providers { provider keySource }
           keyResolution { available candidates { outcome } } }`,
      );
      expect(apiKeys[0]).toEqual({ provider: 'ANTHROPIC', health: 'UNREADABLE' });
      expect(auditEvents.edges[0].node).toEqual({ kind: 'KEY_USED', outcome: 'KEY_UNREADABLE', keyId });
      expect(providers.find((info: any) => info.provider === 'ANTHROPIC').keySource).toBeNull();
      expect(keyResolution.available).toBe(false);
      expect(keyResolution.candidates[1].outcome).toBe('UNREADABLE');
    });

    it('does not open a record that was copied to another user', async () => {
      const hers = await server().storeKey('alice', 'OPENAI', KEY);
      const his = await server().storeKey('bob', 'OPENAI', KEY);
      await server().app.get(DatabaseService).client.$executeRaw`
        UPDATE sealed_keys SET envelope = (SELECT envelope FROM sealed_keys WHERE key_id = ${hers}::uuid)
        WHERE key_id = ${his}::uuid`;
      expect(await server().chatFailure('bob', {})).toBe('KEY_UNREADABLE');
    });

    it("spends nothing in place of a user's key that the provider refuses", async () => {
      await server().storeKey('alice', 'ANTHROPIC', KEY);
      server().standIn.revokeKey('ANTHROPIC', KEY);
      const events = await server().chatEvents('alice', {});
      expect(events.at(-1)).toMatchObject({ error: { code: 'KEY_REJECTED' } });
      expect(server().standIn.requests).toHaveLength(1);
    });

    it('shows what is usable now', async () => {
      await server().storeKey('alice', 'OPENAI', KEY);
      const { providers } = await server().query(
        'alice',
        '{ providers { provider kind displayName keySource defaultModel } }',
      );
      const sources = Object.fromEntries(providers.map((info: any) => [info.provider, info.keySource]));
      expect(sources).toEqual({
        OPENAI: 'USER',
        ANTHROPIC: 'SERVER',
        GOOGLE: null,
        FIRECRAWL: null,
        BRAVE: 'SERVER',
        TAVILY: null,
        SERPER: null,
      });
      expect(providers[0]).toMatchObject({
        kind: 'CHAT',
        displayName: 'OpenAI',
        defaultModel: expect.any(String),
      });
      expect(providers[4]).toMatchObject({ kind: 'SEARCH', defaultModel: null });
    });
  });
});
