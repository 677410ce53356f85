import { connect } from 'node:net';
import { once } from 'node:events';
import type OpenAI from 'openai';
import { WebSocket } from 'ws';
import { flood } from '../../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../../demo/stand-in/openai-events.mjs';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { openaiClient } from '../../support/openai-client.js';
import { RawStream } from '../../support/raw-stream.js';
import { chatOn, type ServerProcess, useProcesses } from '../../support/server-process.js';
import { CHAT, HELLO, type RawSocket, signToken } from '../../support/test-server.js';
import { bestOf, clockMs } from '../../support/timing.js';
import { untilStalled } from '../../support/until-stalled.js';

const KEY = 'key-of-alice-0123456789';
const DRAINING = 'SIGTERM: no new work';
/** What waits for a client takes ten seconds or more: Apollo's patience, and the limits on requests. */
const SOON_MS = 5_000;
const ASKED = {
  model: 'openai/some-model',
  messages: [{ role: 'user' as const, content: 'Hello' }],
};
const AUDIT = '{ auditEvents(first: 1) { edges { node { kind outcome } } } }';

describe('a server that is asked to stop', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  /** A server with a key of alice's. */
  async function start(drainTimeoutMs: number): Promise<ServerProcess> {
    const environment = {
      ...processes.environment(database.environment),
      DRAIN_TIMEOUT_MS: String(drainTimeoutMs),
    };
    const server = await processes.start(environment);
    processes.standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
    return server;
  }

  /** A chat that has begun; the upstream ends it on request, or never. */
  async function startChat(server: ServerProcess) {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    processes.standIn.once('OPENAI', async (exchange) => {
      const answer = new ResponseEvents(exchange.body);
      await exchange.write(answer.begin() + answer.beginText() + answer.textDelta('begun'));
      await finished;
      exchange.end(answer.textDelta(' and ended') + answer.end(1));
    });
    const request = processes.standIn.nextRequest('OPENAI');
    const socket = await server.socket('alice');
    const events = chatOn(socket, {});
    expect((await events.next()).value).toMatchObject({ __typename: 'ChatStarted' });
    expect((await events.next()).value).toMatchObject({ __typename: 'TextDelta', text: 'begun' });
    return { socket, events, finish, exchange: await request };
  }

  /** The next answer of OpenAI's, which has begun and ends on request. */
  function answerOf(name: string) {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let onAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    processes.standIn.once('OPENAI', async (exchange) => {
      const answer = new ResponseEvents({ ...(exchange.body as object), name });
      await exchange.write(answer.begin() + answer.beginText() + answer.textDelta('begun'));
      onAsked();
      await finished;
      exchange.end(answer.textDelta(' and ended') + answer.end(1));
    });
    return { asked, finish: () => finish() };
  }

  /** Asks a server to stop that a client has prepared, and expects it to be gone soon. */
  async function expectSoonGone(
    drainTimeoutMs: number,
    prepare: (server: ServerProcess) => Promise<() => unknown>,
  ): Promise<void> {
    const best = await bestOf(3, SOON_MS, async () => {
      const server = await start(drainTimeoutMs);
      const finish = await prepare(server);
      server.child.kill('SIGTERM');
      const took = await clockMs(server.exited);
      expect(await server.exited).toMatchObject({ code: 0, stderr: '' });
      await finish();
      return took;
    });
    expect(best).toBeLessThan(SOON_MS);
  }

  /** The newest row of alice's trail, read by the next server. */
  async function lastAudited(): Promise<unknown> {
    const restarted = await processes.start(processes.environment(database.environment));
    const { auditEvents } = await restarted.query('alice', AUDIT);
    return auditEvents.edges[0]?.node;
  }

  it('lets a running chat finish, closes its socket with 1001 and exits 0', async () => {
    const server = await start(20_000);
    const { socket, events, finish } = await startChat(server);
    server.child.kill('SIGTERM');
    await server.logged(DRAINING);
    finish();
    expect((await events.next()).value).toMatchObject({ __typename: 'TextDelta', text: ' and ended' });
    expect((await events.next()).value).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(await server.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuses new work on every door meanwhile, and says that it is not ready', async () => {
    const server = await start(20_000);
    const { socket, finish } = await startChat(server);
    const idle = await server.socket('alice');
    server.child.kill('SIGTERM');
    await server.logged(DRAINING);

    const readiness = await fetch(`${server.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ checks: { database: 'READY', server: 'DRAINING' } });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await server.post('alice', '{ apiKeys { id } }')).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }],
    });
    expect(await codeOfNewChat(socket)).toBe('SERVICE_UNAVAILABLE');
    expect(await codeOfNewChat(idle)).toBe('SERVICE_UNAVAILABLE');
    expect(await statusOfUpgrade(server)).toBe(503);
    expect(await statusOfStream(server)).toBe(503);

    finish();
    expect(await idle.closed).toMatchObject({ code: 1001 });
    expect(await server.exited).toMatchObject({ code: 0 });
  });

  it('ends a chat whose upstream is stuck with ChatFailed after DRAIN_TIMEOUT_MS, and writes it down', async () => {
    const server = await start(100);
    const { socket, events, exchange } = await startChat(server);
    server.child.kill('SIGTERM');
    expect((await events.next()).value).toMatchObject({
      __typename: 'ChatFailed',
      seq: 3,
      error: { code: 'SERVICE_UNAVAILABLE', retryable: true },
    });
    await exchange.closedByClient;
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(await server.exited).toMatchObject({ code: 0, stderr: '' });

    expect(await lastAudited()).toEqual({ kind: 'CHAT_FINISHED', outcome: 'SERVICE_UNAVAILABLE' });
  });

  it('lets the answers finish that clients of OpenAI’s wait for, and begins no other', async () => {
    const server = await start(20_000);
    const openai = await openaiClient(server, 'alice');
    const [streamed, whole] = [answerOf('streamed'), answerOf('whole')];
    const stream = await openai.chat.completions.create({ ...ASKED, stream: true });
    const answer = openai.chat.completions.create(ASKED);
    await whole.asked;
    server.child.kill('SIGTERM');
    await server.logged(DRAINING);
    const refusal: unknown = await openai.chat.completions.create(ASKED).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    expect((refusal as InstanceType<typeof OpenAI.APIError>).headers?.get('x-should-retry')).toBe('true');
    streamed.finish();
    whole.finish();
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    expect(text).toBe('begun and ended');
    expect((await answer).choices[0]?.message.content).toBe('begun and ended');
    expect(await server.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('says to them that they were not answered to the end, where the time is over', async () => {
    const server = await start(100);
    const openai = await openaiClient(server, 'alice');
    const upstream = answerOf('stuck');
    const stream = await openai.chat.completions.create({ ...ASKED, stream: true });
    await upstream.asked;
    server.child.kill('SIGTERM');
    const reading = (async () => {
      for await (const _ of stream);
    })();
    expect(await reading.catch((error: unknown) => error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await server.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('waits for no client that does not read, and writes its end down', async () => {
    await expectSoonGone(100, async (server) => {
      processes.standIn.once('OPENAI', async (exchange, tools) => {
        const answer = new ResponseEvents(exchange.body);
        const first = answer.begin() + answer.beginText();
        await flood({ first, chunk: answer.textDelta('x'.repeat(10_000)), bytes: 100_000_000 })(
          exchange,
          tools,
        );
      });
      const request = processes.standIn.nextRequest('OPENAI');
      const socket = await server.socket('alice');
      const events = chatOn(socket, {});
      await events.next();
      socket.socket.pause();
      const exchange = await request;
      await untilStalled(exchange, server.url);
      return () => exchange.closedByClient;
    });
    expect(await lastAudited()).toEqual({ kind: 'CHAT_FINISHED', outcome: 'SERVICE_UNAVAILABLE' });
  });

  it('waits for no client that does not finish its request', async () => {
    await expectSoonGone(100, async (server) => {
      const { hostname, port } = new URL(server.url);
      const client = connect(Number(port), hostname);
      client.on('error', () => undefined);
      client.write(
        'POST /graphql HTTP/1.1\r\nHost: keystream\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      );
      await once(client, 'connect');
      // Answered after the request above has been read: connections are served in turn.
      await fetch(`${server.url}/healthz`);
      return () => client.destroy();
    });
  });

  it('waits for no client that was refused and keeps its socket', async () => {
    await expectSoonGone(100, async (server) => {
      const { hostname, port } = new URL(server.url);
      const client = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
      client.on('error', () => undefined);
      client.write('GET /other HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      await once(client.resume(), 'end');
      return () => client.destroy();
    });
  });

  it('waits for no client that reads none of its answers, and was refused last', async () => {
    await expectSoonGone(100, async (server) => {
      const { hostname, port } = new URL(server.url);
      const client = connect(Number(port), hostname);
      client.on('error', () => undefined);
      // More than the operating system takes: the refusal waits behind it.
      client.write('GET /graphiql/graphiql.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40));
      for (let turn = 0; turn < 50; turn++) await fetch(`${server.url}/healthz`);
      client.write('GET /other HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      await fetch(`${server.url}/healthz`);
      return () => client.destroy();
    });
  });

  it('exits at once where nothing runs', async () => {
    await expectSoonGone(20_000, async (server) => {
      const idle = await server.socket('alice');
      return async () => expect(await idle.closed).toMatchObject({ code: 1001 });
    });
  });
});

/** The code with which a second chat on this connection is refused. */
async function codeOfNewChat(socket: RawSocket): Promise<string> {
  socket.subscribe('another', CHAT, { input: { messages: HELLO } });
  for (;;) {
    const { id, payload } = await socket.next();
    if (id !== 'another') continue;
    const errors = (Array.isArray(payload) ? payload : payload.errors) as { extensions: { code: string } }[];
    return errors[0]!.extensions.code;
  }
}

/** The status with which a new connection is refused. */
async function statusOfUpgrade(server: ServerProcess): Promise<number | undefined> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  socket.terminate();
  return response.statusCode;
}

/** The status with which a new stream is refused. */
async function statusOfStream(server: ServerProcess): Promise<number | undefined> {
  const authorization = `Bearer ${await signToken('alice')}`;
  const body = { query: CHAT, variables: { input: { messages: HELLO } } };
  const { request, response } = await RawStream.open(server.url, body, { authorization });
  request.destroy();
  return response.statusCode;
}
