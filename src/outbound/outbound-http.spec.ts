import { once as eventOf, getEventListeners } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  cut,
  flood,
  hang,
  redirect,
  replay,
  reply,
  type Behaviour,
} from '../../demo/stand-in/behaviours.mjs';
import { blockEventLoop } from '../../test/support/block-event-loop.js';
import { collect, failureOf } from '../../test/support/collect.js';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { useStandIn } from '../../test/support/stand-in.js';
import { OutboundHttp, type OutboundRequest, type OutboundResponse } from './outbound-http.js';
import { ProviderTimeoutError, ProviderTruncatedError, ProviderUnavailableError } from './upstream-error.js';

const SERVICE = 'OPENAI';

describe('OutboundHttp', () => {
  const standIn = useStandIn();
  let http: OutboundHttp;

  beforeEach(() => {
    http = new OutboundHttp();
  });
  afterEach(async () => {
    await http.close();
  });

  function ask(overrides: Partial<OutboundRequest> = {}): Promise<OutboundResponse> {
    return http.request({
      method: 'POST',
      url: `${standIn().url}/openai/path?query=1`,
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: '{"question":"?"}',
      signal: new AbortController().signal,
      firstByteTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
      ...overrides,
    });
  }

  function answerWith(behaviour: Behaviour): ReturnType<ReturnType<typeof standIn>['nextRequest']> {
    standIn().once(SERVICE, behaviour);
    return standIn().nextRequest(SERVICE);
  }

  const text = async ({ body }: OutboundResponse): Promise<string> =>
    Buffer.concat(await collect(body)).toString('utf8');

  it('sends the request as it is, and asks for no encoding', async () => {
    const received = answerWith(reply({ status: 200, body: 'answer' }));
    const response = await ask();
    expect(response.status).toBe(200);
    expect(await text(response)).toBe('answer');
    const { method, path, headers, body } = await received;
    expect({ method, path, body }).toEqual({
      method: 'POST',
      path: '/path?query=1',
      body: { question: '?' },
    });
    expect(headers).toMatchObject({ authorization: 'Bearer key', 'accept-encoding': 'identity' });
  });

  it('blames no provider whose bytes came while the event loop was held up', async () => {
    void answerWith(async (exchange) => {
      await exchange.write('first');
      blockEventLoop(700);
      // Another server would have sent it long ago.
      await exchange.write('second');
      setImmediate(() => blockEventLoop(700));
      exchange.end('third');
    });
    const response = await ask({ firstByteTimeoutMs: 500, idleTimeoutMs: 500 });
    expect(await text(response)).toBe('firstsecondthird');
  });

  it.each([200, 401, 429, 500])('resolves with a %i and its headers', async (status) => {
    void answerWith(reply({ status, headers: { 'retry-after': '7' }, body: 'why' }));
    const response = await ask();
    expect([response.status, response.headers.get('retry-after'), await text(response)]).toEqual([
      status,
      '7',
      'why',
    ]);
  });

  it('uses a connection again', async () => {
    const sockets = new Set<unknown>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    });
    const url = await listen(server);
    for (let count = 0; count < 3; count++) {
      expect(await text(await ask({ url }))).toBe('ok');
      // undici gives a connection back in the turn after the one that ended its response.
      await new Promise(setImmediate);
    }
    expect(sockets.size).toBe(1);
    await http.close();
    await closed(server);
  });

  it('does not wait for an informational response to be the last', async () => {
    const server = createServer((socket) => {
      socket.once('data', () =>
        socket.end(
          'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
        ),
      );
    });
    expect(await text(await ask({ url: await listen(server) }))).toBe('ok');
    await closed(server);
  });

  describe('failures', () => {
    it('takes a refused connection for an outage', async () => {
      const server = createServer();
      const url = await listen(server);
      await closed(server);
      expect(await failureOf(ask({ url }))).toBeInstanceOf(ProviderUnavailableError);
    });

    it('takes a connection that is cut before the headers for an outage', async () => {
      void answerWith(cut());
      expect(await failureOf(ask())).toBeInstanceOf(ProviderUnavailableError);
    });

    it('takes an answer that is no HTTP for an outage', async () => {
      const server = createServer((socket) => {
        socket.once('data', () => socket.end('220 smtp ready\r\n'));
      });
      expect(await failureOf(ask({ url: await listen(server) }))).toBeInstanceOf(ProviderUnavailableError);
      await closed(server);
    });

    it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
      const elsewhere = standIn().url + '/google/elsewhere';
      void answerWith(redirect(elsewhere, status));
      expect(await failureOf(ask())).toBeInstanceOf(ProviderUnavailableError);
      expect(standIn().requests.map(({ provider }) => provider)).toEqual([SERVICE]);
    });

    it('gives what came before a cut, then says that the rest is missing', async () => {
      void answerWith(replay(['one', 'two'], { then: 'cut' }));
      const { body } = await ask();
      let received = '';
      const failure = await failureOf(
        (async () => {
          for await (const chunk of body) received += Buffer.from(chunk).toString();
        })(),
      );
      expect(received).toBe('onetwo');
      expect(failure).toBeInstanceOf(ProviderTruncatedError);
    });

    it('notices a body that is shorter than announced', async () => {
      const server = createServer((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nshort'));
      });
      const { body } = await ask({ url: await listen(server) });
      expect(await failureOf(body)).toBeInstanceOf(ProviderTruncatedError);
      await closed(server);
    });

    it('names no part of the request in an error', async () => {
      void answerWith(cut());
      expect(JSON.stringify(await failureOf(ask()))).not.toContain('key');
    });
  });

  describe('time limits', () => {
    it('gives up when no headers come, and closes the socket', async () => {
      const received = answerWith(hang());
      expect(await failureOf(ask({ firstByteTimeoutMs: 50 }))).toBeInstanceOf(ProviderTimeoutError);
      await closedByClient(received);
    });

    it('gives up when headers come but no byte after them', async () => {
      const received = answerWith(replay([], { then: 'hang' }));
      const { body } = await ask({ firstByteTimeoutMs: 50 });
      expect(await failureOf(body)).toBeInstanceOf(ProviderTimeoutError);
      await closedByClient(received);
    });

    it('gives up when the upstream falls silent, and closes the socket', async () => {
      const received = answerWith(replay(['one'], { then: 'hang' }));
      const { body } = await ask({ idleTimeoutMs: 50 });
      expect(await failureOf(body)).toBeInstanceOf(ProviderTimeoutError);
      await closedByClient(received);
    });

    it('counts the time that connecting takes', async () => {
      await whileNobodyAnswers(async (url) => {
        expect(await failureOf(ask({ url, firstByteTimeoutMs: 50 }))).toBeInstanceOf(ProviderTimeoutError);
      });
    });
  });

  describe('leaving', () => {
    const reason = new Error('the client left');

    it('sends nothing when the signal has aborted before', async () => {
      expect(await failureOf(ask({ signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(standIn().requests).toHaveLength(0);
    });

    it('stops waiting for a connection', async () => {
      const client = new AbortController();
      await whileNobodyAnswers(async (url, connected) => {
        const failure = failureOf(ask({ url, signal: client.signal }));
        await connected;
        client.abort(reason);
        expect(await failure).toBe(reason);
      });
    });

    it('closes the socket before the headers', async () => {
      const client = new AbortController();
      const received = answerWith(hang());
      const failure = failureOf(ask({ signal: client.signal }));
      const exchange = await received;
      client.abort(reason);
      expect(await failure).toBe(reason);
      await exchange.closedByClient;
    });

    it('closes the socket while the upstream is silent, and drops what was not read', async () => {
      const client = new AbortController();
      const received = answerWith(replay(['one', 'two'], { then: 'hang' }));
      const { body } = await ask({ signal: client.signal });
      await body.next();
      client.abort(reason);
      expect(await failureOf(body)).toBe(reason);
      await closedByClient(received);
    });

    it('closes the socket when the iteration is left', async () => {
      const received = answerWith(replay(['one', 'two'], { then: 'hang' }));
      const { body } = await ask();
      await body.next();
      await body.return?.();
      await closedByClient(received);
      expect(await collect(body)).toEqual([]);
    });

    it('leaves no listener on the signal', async () => {
      const client = new AbortController();
      void answerWith(reply({ status: 200, body: 'answer' }));
      await text(await ask({ signal: client.signal }));
      void answerWith(cut());
      await failureOf(ask({ signal: client.signal }));
      expect(getEventListeners(client.signal, 'abort')).toHaveLength(0);
    });
  });

  it('reads no further than its reader', async () => {
    const total = 50_000_000;
    const chunk = 'x'.repeat(10_000);
    const stalled = answerWith(flood({ chunk, bytes: total }));
    const { body } = await ask();
    await body.next();
    void answerWith(flood({ chunk, bytes: total }));
    // By the time another reader has taken all of its 50 MB, this one's upstream has long stalled.
    let taken = 0;
    for await (const piece of (await ask()).body) taken += piece.length;
    expect(taken).toBe(total);
    expect((await stalled).sentBytes).toBeLessThan(total / 4);
    await body.return?.();
    await closedByClient(stalled);
  });
});

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await eventOf(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function closed(server: ReturnType<typeof createServer>): Promise<void> {
  const close = eventOf(server, 'close');
  server.close();
  await close;
}

async function closedByClient(exchange: Promise<Exchange>): Promise<void> {
  await (
    await exchange
  ).closedByClient;
}

/** An address whose server takes connections and leaves the TLS handshake unanswered: connecting never ends. */
async function whileNobodyAnswers(
  work: (url: string, connected: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  const url = await listen(server);
  await work(url.replace('http:', 'https:'), eventOf(server, 'connection'));
  for (const socket of sockets) socket.destroy();
  await closed(server);
}
