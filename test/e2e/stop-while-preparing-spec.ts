import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { OwnedRuns } from '../../src/chat/owned/owned-runs.js';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Door, doors } from '../support/doors.js';
import { CHAT, HELLO, TestServer } from '../support/test-server.js';
import { stopApp } from '../../src/create-app.js';

const AUDIT = '{ auditEvents(first: 2) { edges { node { kind outcome } } } }';

describe('a server that is stopped while the use of a key is being written down', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  /** A chat whose key's use is not written down before `goOn` is called. */
  async function startAndHold(server: TestServer, door: Door) {
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
    const subscription = await door.subscribe(server, 'alice', CHAT, { input: { messages: HELLO } });
    await writing;
    const events = async (): Promise<Record<string, any>[]> => {
      const all: Record<string, any>[] = [];
      for (let result = await subscription.next(); result; result = await subscription.next()) {
        all.push(result.data.chat as Record<string, any>);
      }
      return all;
    };
    return { events, goOn };
  }

  it.each(doors)('waits for the chat, and writes its end down, too ($name)', async (door) => {
    const server = await TestServer.start(database.environment);
    const { events, goOn } = await startAndHold(server, door);

    const stopped = stopApp(server.app, 20_000);
    goOn();
    const all = await events();
    expect([all[0], all.at(-1)]).toMatchObject([
      { __typename: 'ChatStarted' },
      { __typename: 'ChatCompleted' },
    ]);
    await stopped;
    await server.standIn.stop();

    const next = await TestServer.start(database.environment);
    expect((await next.query('alice', AUDIT)).auditEvents.edges).toEqual([
      { node: { kind: 'CHAT_FINISHED', outcome: 'OK' } },
      { node: { kind: 'KEY_USED', outcome: 'OK' } },
    ]);
    await next.stop();
  });

  it.each(doors)(
    'ends a chat that is prepared after the time is up, before its provider is called ($name)',
    async (door) => {
      const server = await TestServer.start(database.environment);
      const { events, goOn } = await startAndHold(server, door);
      await server.app.get(OwnedRuns).drain(0);
      goOn();
      expect(await events()).toMatchObject([
        { __typename: 'ChatStarted' },
        { __typename: 'ChatFailed', error: { code: 'SERVICE_UNAVAILABLE' } },
      ]);
      expect(server.standIn.requests).toEqual([]);
      await server.stop();
    },
  );

  it('stops in order, with anything sent in answer to the Close frame', async () => {
    const server = await TestServer.start(database.environment);
    const socket = await server.socket();
    await socket.init('alice');
    // ws does not expose its transport.
    const transport = Reflect.get(socket.socket, '_socket') as Socket;
    transport.prependListener('data', (chunk: Buffer) => {
      const CLOSE = 0x88;
      if (chunk[0] === CLOSE) transport.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    });
    await expect(server.stop()).resolves.toBeUndefined();
  });
});
