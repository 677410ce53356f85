import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { HttpDoor } from '../../src/graphql/http/http-door.js';
import { KeysService } from '../../src/keys/keys.service.js';
import { blockEventLoop } from '../support/block-event-loop.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { query } }';
const DELETE = 'mutation { deleteApiKey(keyId: "1") { deletedKeyId } }';
const ENDS = '{ auditEvents(filter: { kinds: [SEARCH_FINISHED] }) { edges { node { outcome } } } }';

const tooLong = { code: 'SERVICE_UNAVAILABLE', retryable: true, requestId: expect.any(String) };

describe('a query or mutation that takes longer than any may', () => {
  const server = useTestServer({ SEARCH_TIMEOUT_MS: '120000' });
  let usualMs: number;
  const door = (): { operationTimeoutMs: number } => server().app.get(HttpDoor);
  beforeEach(() => {
    usualMs = door().operationTimeoutMs;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    door().operationTimeoutMs = usualMs;
  });

  it('has 30 seconds', () => {
    expect(usualMs).toBe(30_000);
  });

  it('closes the request to the engine, and the trail says what ended the search', async () => {
    await server().storeKey('alice', 'BRAVE', KEY);
    server().standIn.once('BRAVE', hang());
    const asked = server().standIn.nextRequest('BRAVE');
    door().operationTimeoutMs = 2_000;
    const answer = server().post('alice', SEARCH, { input: { query: 'words' } });
    await (
      await asked
    ).closedByClient;
    expect(await answer).toMatchObject({
      status: 200,
      data: null,
      errors: [{ path: ['webSearch'], extensions: tooLong }],
    });
    const { auditEvents } = await server().query('alice', ENDS);
    expect(auditEvents.edges).toEqual([{ node: { outcome: 'SERVICE_UNAVAILABLE' } }]);
  });

  it('is answered whatever it waits for', async () => {
    jest.spyOn(server().app.get(KeysService), 'delete').mockReturnValue(new Promise(() => undefined));
    door().operationTimeoutMs = 50;
    const { errors } = await server().post('alice', DELETE);
    expect(errors).toMatchObject([{ path: ['deleteApiKey'], extensions: tooLong }]);
  });

  it('keeps what it has, where the schema lets it', async () => {
    jest.spyOn(server().app.get(KeysService), 'find').mockReturnValue(new Promise(() => undefined));
    door().operationTimeoutMs = 50;
    const { data, errors } = await server().post('alice', '{ viewer { id } apiKey(id: "1") { id } }');
    expect(data).toEqual({ viewer: { id: 'alice' }, apiKey: null });
    expect(errors).toMatchObject([{ path: ['apiKey'], extensions: tooLong }]);
  });

  it('is not one that had to wait for a busy event loop', async () => {
    jest.spyOn(server().app.get(KeysService), 'list').mockImplementation(async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        blockEventLoop(400);
        await nextTurn();
      }
      return [];
    });
    door().operationTimeoutMs = 500;
    expect(await server().query('alice', '{ apiKeys { id } }')).toEqual({ apiKeys: [] });
  });

  it('is no chat: these have a limit of their own', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    door().operationTimeoutMs = 1;
    const events = await server().chatEvents('alice', {});
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });
});
