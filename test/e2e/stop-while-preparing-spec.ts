import { jest } from '@jest/globals';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { CHAT, HELLO, TestServer } from '../support/test-server.js';
import { stopApp } from '../../src/create-app.js';

const AUDIT = '{ auditEvents(first: 2) { edges { node { kind outcome } } } }';

describe('a server that is stopped while the use of a key is being written down', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  it('waits for the chat, and writes its end down, too', async () => {
    const server = await TestServer.start(database.environment);
    await server.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    const uses = server.app.get(KeyUseService);
    const begin = uses.begin.bind(uses);
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const writing = new Promise<void>((resolve) => {
      jest.spyOn(uses, 'begin').mockImplementation(async (...args) => {
        resolve();
        await held;
        await begin(...args);
      });
    });
    const socket = await server.socket();
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: HELLO } });
    await writing;

    const stopped = stopApp(server.app, 20_000);
    goOn();
    const types = [];
    for (let last = ''; last !== 'complete'; types.push(last)) {
      const { type, payload } = await socket.next();
      last = type === 'next' ? (payload.data.chat.__typename as string) : type;
    }
    expect([types[0], types.at(-2)]).toEqual(['ChatStarted', 'ChatCompleted']);
    expect(await socket.closed).toMatchObject({ code: 1001 });
    await stopped;
    await server.standIn.stop();

    const next = await TestServer.start(database.environment);
    expect((await next.query('alice', AUDIT)).auditEvents.edges).toEqual([
      { node: { kind: 'CHAT_FINISHED', outcome: 'OK' } },
      { node: { kind: 'KEY_USED', outcome: 'OK' } },
    ]);
    await next.stop();
  });
});
