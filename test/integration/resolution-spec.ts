import { jest } from '@jest/globals';
import { databaseKinds } from '../support/database.js';
import { statementsOf } from '../support/statements.js';
import { settleServer, useTestServer } from '../support/use-test-server.js';
import { Vault } from '../../src/crypto/vault.js';
import { KeyResolutionService } from '../../src/keys/key-resolution.service.js';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const EXPLAIN = `query ($provider: Provider, $kind: ProviderKind) {
  keyResolution(provider: $provider, kind: $kind) {
    available provider source keyId candidates { provider source keyId chosen outcome reason }
  }
}`;
const DISABLE =
  'mutation ($keyId: ID!) { updateApiKey(input: { keyId: $keyId, enabled: false }) { apiKey { id } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const SEARCH = '{ webSearch(input: { query: "words" }) { keySource provider } }';
const STATE =
  '{ apiKeys { health } providers { provider keySource } keyResolution { available candidates { outcome } } }';
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
      const order = ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'OPENROUTER', 'GROQ', 'XAI', 'DEEPSEEK', 'MISTRAL'];
      expect(outcomes(resolution)).toEqual(
        ['USER', 'SERVER'].flatMap((source) => order.map((provider) => `${source} ${provider} NO_KEY`)),
      );
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

    it('takes one round trip to the database', async () => {
      await server().storeKey('alice', 'OPENAI', KEY);
      await server().storeKey('alice', 'GOOGLE', KEY);
      await settleServer(server());
      expect(await statementsOf(() => explain())).toHaveLength(1);
      expect(await statementsOf(() => server().query('alice', '{ providers { keySource } }'))).toHaveLength(
        1,
      );
      const statements = await statementsOf(() => server().chatEvents('alice', {}));
      expect(statements.filter((statement) => /^\s*SELECT/i.test(statement))).toHaveLength(1);
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

    const database = () => server().app.get(DatabaseService).client;
    const corrupt = (keyId: string) =>
      database()
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

    it('explains without decrypting: a record that cannot be opened changes nothing until it is tried', async () => {
      const keyId = await server().storeKey('alice', 'OPENAI', KEY);
      await corrupt(keyId);
      const open = jest.spyOn(server().app.get(Vault), 'open');
      const { keyResolution } = await server().query('alice', EXPLAIN, {});
      expect(keyResolution).toMatchObject({ available: true, provider: 'OPENAI', source: 'USER', keyId });
      expect(open).not.toHaveBeenCalled();
      open.mockRestore();
    });

    it('takes a record that was found damaged for readable again once it is mended', async () => {
      const keyId = await server().storeKey('alice', 'OPENAI', KEY);
      const { envelope } = await database().sealedKey.findFirstOrThrow({ where: { keyId } });
      await corrupt(keyId);
      expect(await server().chatFailure('alice', {})).toBe('KEY_UNREADABLE');
      const damaged = await server().query('alice', STATE);
      expect(damaged).toMatchObject({
        apiKeys: [{ health: 'UNREADABLE' }],
        keyResolution: { available: false },
      });
      await database().sealedKey.update({ where: { keyId }, data: { envelope } });
      const mended = await server().query('alice', STATE);
      expect(mended.apiKeys).toEqual([{ health: 'UNVERIFIED' }]);
      expect(mended.providers[0]).toEqual({ provider: 'OPENAI', keySource: 'USER' });
      expect(mended.keyResolution).toMatchObject({ available: true });
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect((await server().query('alice', STATE)).apiKeys).toEqual([{ health: 'VALID' }]);
    });

    it('keeps to itself that it lacks an encryption key which another server may have', async () => {
      const keyId = await server().storeKey('alice', 'ANTHROPIC', KEY);
      const before = await database().apiKey.findUniqueOrThrow({ where: { id: keyId } });
      const vault = server().app.get(Vault);
      const lacking = jest.spyOn(vault, 'hasKey').mockReturnValue(false);
      expect(await server().chatFailure('alice', {})).toBe('KEY_UNREADABLE');
      const { apiKeys, providers, keyResolution } = await server().query('alice', STATE);
      expect(apiKeys).toEqual([{ health: 'UNREADABLE' }]);
      expect(providers[1]).toEqual({ provider: 'ANTHROPIC', keySource: null });
      expect(keyResolution.available).toBe(false);
      lacking.mockRestore();
      expect(await database().apiKey.findUniqueOrThrow({ where: { id: keyId } })).toEqual(before);
      expect((await server().query('alice', STATE)).providers[1].keySource).toBe('USER');
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });

    it('spends nothing for a key whose ciphertext is gone, and says the same of it everywhere', async () => {
      await server().storeKey('alice', 'ANTHROPIC', KEY);
      await database().sealedKey.deleteMany();
      const { apiKeys, providers, keyResolution } = await server().query('alice', STATE);
      expect(apiKeys).toEqual([{ health: 'UNREADABLE' }]);
      expect(providers[1]).toEqual({ provider: 'ANTHROPIC', keySource: null });
      expect(keyResolution.available).toBe(false);
      expect(await server().chatFailure('alice', {})).toBe('KEY_UNREADABLE');
      expect(server().standIn.requests).toEqual([]);
    });

    describe.each([
      ['chat', 'ANTHROPIC'],
      ['web search', 'BRAVE'],
    ])('when the key changes between its look-up and its use by a %s', (use, provider) => {
      const NEW_KEY = 'another-key-of-nobody-0123456789';

      /** Makes the change when the key is open, and uses it then: whose key it was in the end. */
      const useAfter = async (change: () => Promise<unknown>): Promise<string> => {
        const uses = server().app.get(KeyUseService);
        const begin = uses.begin.bind(uses);
        const spy = jest.spyOn(uses, 'begin').mockImplementationOnce(async (...args) => {
          await change();
          return begin(...args);
        });
        try {
          if (use === 'chat') return String((await server().chatEvents('alice', {}))[0]?.keySource);
          return (await server().query('alice', SEARCH)).webSearch.keySource as string;
        } finally {
          spy.mockRestore();
        }
      };
      const usesOf = async (keyId: string): Promise<number> =>
        database().auditEvent.count({ where: { keyId, kind: 'KEY_USED' } });

      beforeEach(() => server().standIn.acceptKey(provider, 'server-key-0123456789'));

      it.each([
        ['deleted', DELETE],
        ['disabled', DISABLE],
      ])('does not use a key that was %s: it counts as none', async (_, mutation) => {
        const keyId = await server().storeKey('alice', provider, KEY);
        expect(await useAfter(() => server().query('alice', mutation, { keyId }))).toBe('SERVER');
        expect(await usesOf(keyId)).toBe(0);
        expect(server().standIn.requests).toHaveLength(1);
        expect((await database().apiKey.findUniqueOrThrow({ where: { id: keyId } })).lastUsedAt).toBeNull();
      });

      it('uses the key that replaced it', async () => {
        const keyId = await server().storeKey('alice', provider, KEY);
        let replacement = '';
        const replace = async () => (replacement = await server().storeKey('alice', provider, NEW_KEY));
        expect(await useAfter(replace)).toBe('USER');
        expect([await usesOf(keyId), await usesOf(replacement)]).toEqual([0, 1]);
        expect(server().standIn.requests).toHaveLength(1);
      });
    });

    it('gives up on a key that changes again and again, to be tried again', async () => {
      await server().storeKey('alice', 'ANTHROPIC', KEY);
      const uses = server().app.get(KeyUseService);
      const begin = uses.begin.bind(uses);
      const spy = jest.spyOn(uses, 'begin').mockImplementation(async (...args) => {
        await server().storeKey('alice', 'ANTHROPIC', KEY);
        return begin(...args);
      });
      expect(await server().chatFailure('alice', {})).toBe('CONFLICT');
      spy.mockRestore();
      expect(server().standIn.requests).toEqual([]);
      expect(await database().auditEvent.count({ where: { kind: 'KEY_USED' } })).toBe(0);
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

    describe('for a request that a key for OPENAI has failed', () => {
      const chatId = '01900000-0000-7000-8000-000000000000';
      const next = async (source: 'USER' | 'SERVER', left: readonly ('ANTHROPIC' | 'GOOGLE')[]) => {
        const failed = {
          provider: 'OPENAI',
          source,
          keyId: null,
          chatId,
          code: 'KEY_REJECTED',
          usage: null,
          network: null,
        } as const;
        const resolution = server().app.get(KeyResolutionService);
        try {
          const key = await resolution.openAfter(
            { userId: 'alice', mayUseServerKeys: true, accessToken: null, network: null },
            failed,
            {
              providers: left,
              endpoint: null,
              use: 'CHAT',
              modelOf: () => 'model',
              tokens: null,
              chatId,
              onOpen: () => undefined,
            },
          );
          key?.secret.destroy();
          return key && `${key.source} ${key.provider}`;
        } catch (error) {
          return Reflect.get(error as Error, 'code') as string;
        }
      };
      const disable = async (keyId: string) => server().query('alice', DISABLE, { keyId });
      const as = {
        none: () => Promise.resolve(),
        stored: async (provider: string) => server().storeKey('alice', provider, KEY),
        disabled: async (provider: string) => disable(await server().storeKey('alice', provider, KEY)),
        unreadable: async (provider: string) => corrupt(await server().storeKey('alice', provider, KEY)),
      };

      it.each([
        ['USER', 'none', 'none', null],
        ['USER', 'stored', 'stored', 'USER ANTHROPIC'],
        ['USER', 'none', 'stored', 'USER GOOGLE'],
        ['USER', 'disabled', 'stored', 'USER GOOGLE'],
        ['USER', 'disabled', 'none', null],
        ['USER', 'unreadable', 'stored', 'KEY_UNREADABLE'],
        ['USER', 'stored', 'unreadable', 'USER ANTHROPIC'],
        ['SERVER', 'none', 'none', 'SERVER ANTHROPIC'],
        ['SERVER', 'stored', 'stored', 'SERVER ANTHROPIC'],
        ['SERVER', 'disabled', 'none', 'SERVER ANTHROPIC'],
        ['SERVER', 'unreadable', 'none', 'SERVER ANTHROPIC'],
      ] as const)(
        'goes on where %s pays, with the key for ANTHROPIC %s and for GOOGLE %s: %s',
        async (source, anthropic, google, expected) => {
          await as[anthropic]('ANTHROPIC');
          await as[google]('GOOGLE');
          expect(await next(source, ['ANTHROPIC', 'GOOGLE'])).toBe(expected);
        },
      );

      it.each(['USER', 'SERVER'] as const)('looks only at what is left, where %s pays', async (source) => {
        await server().storeKey('alice', 'ANTHROPIC', KEY);
        expect(await next(source, ['GOOGLE'])).toBeNull();
      });
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
        OPENROUTER: null,
        GROQ: null,
        XAI: null,
        DEEPSEEK: null,
        MISTRAL: null,
        CUSTOM: null,
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
      expect(providers.at(-1)).toMatchObject({ kind: 'SEARCH', defaultModel: null });
    });
  });
});
