import { once } from 'node:events';
import { connect } from 'node:net';
import { type Client, type ClientOptions, createClient } from 'graphql-sse';
import { jest } from '@jest/globals';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { EventStreamDoor } from '../../src/graphql/event-stream/event-stream-door.js';
import { Subscriptions } from '../../src/graphql/every-door/subscriptions.js';
import { collect } from '../support/collect.js';
import { RawStream } from '../support/raw-stream.js';
import { CHAT, endingToken, type GraphQLErrorBody, HELLO, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { sourceOf, watchSources } from '../support/watched-source.js';

const SENTINEL = 'sk-sentinel-0123456789';
const ORIGIN = 'https://app.example';
const REQUEST = { query: CHAT, variables: { input: { messages: HELLO } } };
const TYPE = { 'content-type': 'application/json' };

describe('the door for server-sent events', () => {
  const server = useTestServer({ MAX_BODY_BYTES: '65536', ALLOWED_ORIGINS: ORIGIN });
  beforeEach(() => server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));
  afterEach(() => jest.restoreAllMocks());

  const authorized = async (more: Record<string, string> = {}): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await signToken('alice')}`,
    ...more,
  });
  const open = async (more: Record<string, string> = {}, body: unknown = REQUEST): Promise<RawStream> =>
    RawStream.open(server().url, body, await authorized(more));

  /** A request that is refused before its stream begins. */
  const refusal = async (init: RequestInit, path = '/graphql/stream') => {
    const response = await fetch(server().url + path, { method: 'POST', ...init });
    const text = await response.text();
    const { errors } = JSON.parse(text) as { errors: readonly GraphQLErrorBody[] };
    expect(errors).toMatchObject([{ extensions: { requestId: response.headers.get('x-request-id') } }]);
    expect(text).not.toContain(SENTINEL);
    return { status: response.status, code: errors[0]!.extensions.code, headers: response.headers };
  };

  /** The real client, which tries again once, without waiting. */
  async function clientThatRetries(on: ClientOptions['on'] = {}): Promise<Client> {
    const options = { url: `${server().url}/graphql/stream`, headers: await authorized(), on };
    return createClient({ ...options, retryAttempts: 1, retry: () => Promise.resolve() });
  }

  it('answers with a stream of events that no proxy keeps, changes or collects', async () => {
    const { response } = await open({ 'x-request-id': 'mine_0123-ABC', origin: ORIGIN });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'mine_0123-ABC',
      'access-control-allow-origin': ORIGIN,
    });
    expect(response.headers['content-encoding']).toBeUndefined();
  });

  it('sends each event as `next`, then `complete`, and leaves the connection to another request', async () => {
    const stream = await open();
    const events: string[] = [];
    for (let event = await stream.next(); event; event = await stream.next()) events.push(event.event);
    expect(events.length).toBeGreaterThan(2);
    expect(events.at(-1)).toBe('complete');
    expect(new Set(events.slice(0, -1))).toEqual(new Set(['next']));
    expect(await stream.closed).toBe('ended');
    expect(stream.response.headers.connection).not.toBe('close');
  });

  it.each(['*/*', 'text/*', 'application/json, text/event-stream;q=0.9'])(
    'takes the Accept %s',
    async (accept) => {
      const { response, request } = await open({ accept });
      expect(response.statusCode).toBe(200);
      request.destroy();
    },
  );

  it('shows the id of the request in errors', async () => {
    const stream = await open({ 'x-request-id': 'mine_0123-ABC' }, { query: 'subscription { nothing }' });
    expect(await stream.next()).toMatchObject({
      event: 'next',
      data: { errors: [{ extensions: { requestId: 'mine_0123-ABC' } }] },
    });
    expect(await stream.next()).toEqual({ event: 'complete', data: null });
  });

  it('gives resolvers no operation, and a connection whose id no client chooses', async () => {
    const { contexts } = watchSources(server());
    const stream = await open({ 'x-request-id': 'mine_0123-ABC' });
    await stream.next();
    expect(contexts).toMatchObject([{ requestId: 'mine_0123-ABC', operationId: null }]);
    expect(contexts[0]?.connectionId).not.toBe('mine_0123-ABC');
    stream.request.destroy();
  });

  it('answers the preflight of a page', async () => {
    const { status, headers } = await fetch(`${server().url}/graphql/stream`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])(
    'takes no %s: there is no single connection mode',
    async (method) => {
      const path = `/graphql/stream?query=${encodeURIComponent('subscription { __typename }')}`;
      const { status, code, headers } = await refusal({ method, headers: await authorized() }, path);
      expect({ status, code, allow: headers.get('allow') }).toEqual({
        status: 405,
        code: 'BAD_USER_INPUT',
        allow: 'POST',
      });
    },
  );

  it.each([
    ['no token', {}, 'UNAUTHENTICATED', 401],
    ['a bad token', { authorization: `Bearer ${SENTINEL}` }, 'UNAUTHENTICATED', 401],
    ['a page of another origin', { origin: 'https://evil.example' }, 'FORBIDDEN', 403],
  ])('refuses %s with an error like those of /graphql', async (_, headers, code, status) => {
    const body = JSON.stringify({ query: 'subscription { __typename }' });
    expect(await refusal({ headers: { ...TYPE, ...headers }, body })).toMatchObject({ status, code });
  });

  it('says of a document no more than 401 to who brings no token', async () => {
    const body = JSON.stringify({ query: 'subscription { nothing }' });
    expect(await refusal({ headers: TYPE, body })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('reads no body of who brings no token', async () => {
    const body = JSON.stringify({ query: SENTINEL.repeat(4_000) });
    expect(await refusal({ headers: TYPE, body })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'])(
    'takes no simple request of another site: %s',
    async (type) => {
      const headers = await authorized({ 'content-type': type, 'apollo-require-preflight': 'true' });
      expect(await refusal({ headers, body: JSON.stringify(REQUEST) })).toMatchObject({
        status: 415,
        code: 'BAD_USER_INPUT',
      });
    },
  );

  it.each([
    ['JSON that is none', TYPE, `{"query": ${SENTINEL}`, 400],
    ['an empty body', TYPE, '', 400],
    ['a list', TYPE, `["${SENTINEL}"]`, 400],
    ['JSON without a query', TYPE, `{"nothing":"${SENTINEL}"}`, 400],
    ['a query that is no text', TYPE, `{"query":{"${SENTINEL}":1}}`, 400],
    ['variables that are no object', TYPE, `{"query":"{ a }","variables":"${SENTINEL}"}`, 400],
    ['a name that is no text', TYPE, `{"query":"{ a }","operationName":["${SENTINEL}"]}`, 400],
    ['a body over the limit', TYPE, JSON.stringify({ query: SENTINEL.repeat(4_000) }), 413],
    ['who does not take events', { ...TYPE, accept: 'application/json' }, JSON.stringify(REQUEST), 406],
  ])('refuses %s without a quotation', async (_, headers, body, status) => {
    expect(await refusal({ headers: await authorized(headers), body })).toMatchObject({
      status,
      code: 'BAD_USER_INPUT',
    });
  });

  it('says what is wrong with a request, in which place', async () => {
    const body = JSON.stringify({ query: 1, operationName: 2, variables: 3 });
    const response = await fetch(`${server().url}/graphql/stream`, {
      method: 'POST',
      headers: await authorized(TYPE),
      body,
    });
    const { errors } = (await response.json()) as { errors: readonly GraphQLErrorBody[] };
    expect(errors[0]?.extensions.violations?.map(({ path }) => path)).toEqual([
      'query',
      'operationName',
      'variables',
    ]);
    expect(errors[0]?.message).toMatch(/^query: must be a text; /);
  });

  it('ends a source that fails with an error and `complete`: its client does not ask again', async () => {
    const source = sourceOf([{ data: { seq: 1 } }, {}]);
    const toText = (event: object): string => {
      if (!('data' in event)) throw new Error(`with ${SENTINEL}`);
      return JSON.stringify(event);
    };
    jest
      .spyOn(server().app.get(Subscriptions), 'run')
      .mockImplementation(() => Promise.resolve({ source, toText }));
    const results = await collect((await clientThatRetries()).iterate(REQUEST));
    expect(results).toMatchObject([
      { data: { seq: 1 } },
      { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ]);
    expect(JSON.stringify(results)).not.toContain(SENTINEL);
  });

  it('lets its client ask again when it ends in the middle, and not when it is complete', async () => {
    server().standIn.once('OPENAI', hang());
    const request = server().standIn.nextRequest('OPENAI');
    const results = (await clientThatRetries()).iterate<any>(REQUEST);
    const first = await results.next();
    expect(first.value.data.chat).toMatchObject({ seq: 1 });
    const { closedByClient } = await request;
    await server().app.get(EventStreamDoor).close();
    await closedByClient;
    const again = await collect(results);
    expect(again[0]?.data.chat).toMatchObject({ __typename: 'ChatStarted', seq: 1 });
    expect(again[0]?.data.chat.chatId).not.toBe(first.value.data.chat.chatId);
    expect(again.at(-1)?.data.chat).toMatchObject({ __typename: 'ChatCompleted' });
    expect(server().standIn.requests).toHaveLength(2);
  });

  it('ends with the token, without `complete`', async () => {
    server().standIn.once('OPENAI', hang());
    const authorization = `Bearer ${await endingToken('alice')}`;
    const stream = await open({ authorization });
    expect((await stream.next())?.data.data.chat).toMatchObject({ __typename: 'ChatStarted' });
    expect(await stream.next()).toBeNull();
    expect(await stream.closed).toBe('ended');
  });

  it('answers requests in turn that were sent at once, and begins none for a client that has left', async () => {
    const { contexts, abortedAtReturn } = watchSources(server());
    const { port } = new URL(server().url);
    const client = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify(REQUEST);
    const { authorization } = await authorized();
    const head = `POST /graphql/stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
    client.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`.repeat(2));
    let text = '';
    while (contexts.length < 1) text += String((await once(client, 'data'))[0]);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    client.destroy();
    await abortedAtReturn;
    while (contexts.some(({ signal }) => !signal.aborted)) await fetch(`${server().url}/healthz`);
    expect(contexts).toHaveLength(1);
  });
});
