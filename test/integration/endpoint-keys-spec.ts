import { v7 as uuidv7 } from 'uuid';
import { Secret } from '../../src/common/secret.js';
import { contextOfKey } from '../../src/crypto/seal-context.js';
import { Vault } from '../../src/crypto/vault.js';
import { TooManyEndpointsError } from '../../src/keys/keys.errors.js';
import { KeysRepository, type NewKey } from '../../src/keys/keys.repository.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';

describe.each(databaseKinds)('keys of endpoints on %s', (kind) => {
  const server = useTestServer({}, kind);
  const repository = (): KeysRepository => server().app.get(KeysRepository);

  /** As it comes from the service, of a provider of which the database knows no more than the name. */
  function newKey(userId: string, name: string, baseUrl = 'https://api.example/v1'): NewKey {
    const vault = server().app.get(Vault);
    const place = { id: uuidv7(), userId, provider: 'OPENAI', endpoint: { name, baseUrl } } as const;
    return {
      ...place,
      name: null,
      maskedKey: '…abcd',
      envelope: vault.seal(Secret.fromText('a-key'), contextOfKey(place)),
      encryptionKeyId: vault.currentKeyId,
      expiresAt: null,
      probe: null,
      limits: {},
    };
  }

  const store = async (userId: string, name: string, baseUrl?: string) =>
    repository().store(userId, newKey(userId, name, baseUrl), null);

  /** As the service does it: where another one was faster, once more. */
  async function storeInEnd(userId: string, name: string): Promise<boolean> {
    for (;;) if (await store(userId, name)) return true;
  }

  const trail = () =>
    server()
      .app.get(DatabaseService)
      .client.auditEvent.findMany({ orderBy: { id: 'asc' }, select: { detail: true, kind: true } });

  it('are one for each name, and replace one another under it', async () => {
    const first = await store('alice', 'home');
    expect(first?.stored.endpoint).toEqual({ name: 'home', baseUrl: 'https://api.example/v1' });
    await store('alice', 'work');
    const second = await store('alice', 'home', 'https://elsewhere.example');
    expect(second?.replacedKeyId).toBe(first?.stored.id);
    const live = await repository().findLive('alice');
    expect(live.map(({ endpoint }) => endpoint)).toEqual(
      expect.arrayContaining([
        { name: 'work', baseUrl: 'https://api.example/v1' },
        { name: 'home', baseUrl: 'https://elsewhere.example' },
      ]),
    );
    expect(await trail()).toEqual([
      { kind: 'KEY_STORED', detail: '…abcd for the endpoint home' },
      { kind: 'KEY_STORED', detail: '…abcd for the endpoint work' },
      { kind: 'KEY_REPLACED', detail: '…abcd for the endpoint home' },
      { kind: 'KEY_STORED', detail: '…abcd for the endpoint home' },
    ]);
  });

  it("stand beside the provider's own key", async () => {
    await server().storeKey('alice', 'OPENAI', 'sk-proj-0123456789abcdef');
    expect((await store('alice', 'home'))?.replacedKeyId).toBeNull();
    await server().storeKey('alice', 'OPENAI', 'sk-proj-fedcba9876543210');
    expect(
      (await repository().findLive('alice')).map(({ endpoint }) => endpoint?.name ?? null).sort(),
    ).toEqual(['home', null]);
  });

  it('are twenty at the most, also where they are stored at once', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `endpoint ${String(index)}`);
    const outcomes = await Promise.allSettled(names.map((name) => storeInEnd('alice', name)));
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(refused).toHaveLength(10);
    for (const error of refused) expect(error).toBeInstanceOf(TooManyEndpointsError);
    const live = await repository().findLive('alice');
    expect(live).toHaveLength(20);
    // Another user has places of their own, one that is replaced keeps its own, and one that is deleted makes room.
    await store('bob', 'home');
    const [kept, deleted] = live;
    expect(await store('alice', kept!.endpoint!.name)).toMatchObject({ replacedKeyId: kept!.id });
    await expect(store('alice', 'another one')).rejects.toThrow(TooManyEndpointsError);
    const trace = await repository().findTrace('alice', deleted!.id);
    await repository().delete('alice', trace!, null);
    expect((await store('alice', 'another one'))?.stored.status).toBe('ACTIVE');
  });

  it('are read without being opened', async () => {
    await store('alice', 'home');
    await server()
      .app.get(DatabaseService)
      .client.sealedKey.updateMany({ data: { envelope: 'of no use' } });
    expect(await repository().findLive('alice')).toMatchObject([
      { endpoint: { name: 'home', baseUrl: 'https://api.example/v1' } },
    ]);
  });
});
