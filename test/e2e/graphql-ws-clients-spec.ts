import { jest } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Library, libraries } from '../support/protocol-clients.js';
import { oursAsPeer, type Peer, SCRIPTED, startReference } from '../support/protocol-peers.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

/** What a library has handed on so far, one by one. */
class Notes {
  readonly #notes: unknown[] = [];
  #wake: () => void = () => undefined;

  readonly add = (note: unknown): void => {
    this.#notes.push(note);
    this.#wake();
  };

  readonly next = async (): Promise<unknown> => {
    while (this.#notes.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#notes.shift();
  };
}

describe('clients of graphql-transport-ws', () => {
  const server = useTestServer();
  const servers = [
    ['the protocol’s own server', startReference],
    ['ours', () => Promise.resolve(oursAsPeer(server()))],
  ] as const;

  // Apollo's link takes a browser's global for granted.
  beforeAll(() => void Object.assign(globalThis, { WebSocket }));

  describe.each(servers)('%s', (_, start) => {
    let peer: Peer;
    let transport: Client;
    beforeEach(async () => {
      peer = await start();
      const authorization = `Bearer ${await signToken('alice')}`;
      transport = createClient({
        url: peer.url,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
        retryWait: () => Promise.resolve(),
        keepAlive: 1,
      });
    });
    afterEach(async () => {
      await transport.dispose();
      await peer.stop();
      jest.restoreAllMocks();
    });

    const subscribe = (library: Library, query = SCRIPTED.query) => {
      const notes = new Notes();
      const unsubscribe = library.subscribe(transport, query, {
        next: ({ chat }) => notes.add(chat.seq),
        error: (message) => notes.add({ error: message }),
        complete: () => notes.add('complete'),
      });
      return { next: notes.next, unsubscribe };
    };

    it.each(libraries)('$name gets three events as they come, and the end', async (library) => {
      const { next } = subscribe(library);
      const source = await peer.begun();
      for (const seq of [1, 2, 3]) {
        source.say(seq);
        expect(await next()).toBe(seq);
      }
      source.end();
      expect(await next()).toBe('complete');
    });

    it.each(libraries)('$name reports what is wrong with a document', async (library) => {
      const { next } = subscribe(library, 'subscription { nothing }');
      expect(await next()).toEqual({ error: expect.stringContaining('Cannot query field') });
    });

    it.each(libraries)('$name reports that a subscription fails, after what came before', async (library) => {
      const { next } = subscribe(library);
      const source = await peer.begun();
      source.say(1);
      source.end(new Error('It failed.'));
      expect(await next()).toBe(1);
      expect(await next()).toEqual({ error: expect.any(String) });
    });

    it.each(libraries)('$name unsubscribes', async (library) => {
      const { next, unsubscribe } = subscribe(library);
      const source = await peer.begun();
      source.say(1);
      expect(await next()).toBe(1);
      unsubscribe();
      await source.left;
    });

    it.each(libraries)('$name subscribes again when its socket is lost', async (library) => {
      const { next } = subscribe(library);
      const lost = await peer.begun();
      lost.say(1);
      expect(await next()).toBe(1);
      peer.cut();
      await lost.left;
      const source = await peer.begun();
      source.say(2);
      expect(await next()).toBe(2);
      source.end();
      expect(await next()).toBe('complete');
    });

    it('graphql-ws has its pings answered while it subscribes', async () => {
      const ponged = new Promise((resolve) => transport.on('pong', resolve));
      subscribe(libraries[0]!);
      await peer.begun();
      await ponged;
    });
  });
});
