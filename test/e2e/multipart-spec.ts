import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { lastValueFrom, toArray } from 'rxjs';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { EventStreamDoor } from '../../src/graphql/event-stream/event-stream-door.js';
import { multipartDoor } from '../support/doors.js';
import { multipart, RawStream } from '../support/raw-stream.js';
import { CHAT, HELLO, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

describe("Apollo's multipart subscriptions", () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));

  const headers = async (more: Record<string, string> = {}) => ({
    authorization: `Bearer ${await signToken('alice')}`,
    ...more,
  });
  const chat = async () =>
    RawStream.open(
      server().url,
      { query: CHAT, variables: { input: { messages: HELLO } } },
      await headers(),
      multipart,
    );
  const client = async () =>
    new ApolloClient({
      link: new HttpLink({ uri: `${server().url}/graphql`, headers: await headers() }),
      cache: new InMemoryCache(),
    });

  it('are what Apollo Client does where it has no other link', async () => {
    const apollo = await client();
    const variables = { input: { messages: HELLO } };
    const results = await lastValueFrom(
      apollo.subscribe<any>({ query: gql(CHAT), variables, fetchPolicy: 'no-cache' }).pipe(toArray()),
    );
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    const events = results.map(({ data }) => data.chat);
    expect(events.at(0)).toMatchObject({ __typename: 'ChatStarted' });
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    const { data } = await apollo.query({ query: gql('{ viewer { id } }') });
    expect(data).toMatchObject({ viewer: { id: 'alice' } });
  });

  it('begin at once, and say what they are', async () => {
    server().standIn.once('OPENAI', hang());
    const stream = await chat();
    expect(stream.response.headers).toMatchObject({
      'content-type': 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
      'cache-control': 'no-store, no-transform',
      'x-request-id': expect.any(String),
    });
    expect(await stream.next()).toMatchObject({ data: { data: { chat: { __typename: 'ChatStarted' } } } });
    expect(stream.comments).toBe(1);
    stream.request.destroy();
  });

  it('end with a boundary of their own', async () => {
    const stream = await chat();
    const events: string[] = [];
    for (let message = await stream.next(); message; message = await stream.next())
      events.push(message.event);
    expect(events.at(-1)).toBe('complete');
    expect(events.filter((event) => event === 'complete')).toHaveLength(1);
    expect(await stream.closed).toBe('ended');
  });

  it('are no success where the server ends them in their middle', async () => {
    server().standIn.once('OPENAI', hang());
    const results = (await server().client('alice', multipartDoor)).iterate(CHAT, {
      input: { messages: HELLO },
    });
    expect((await results.next()).value).toMatchObject({ data: { chat: { __typename: 'ChatStarted' } } });
    await server().app.get(EventStreamDoor).close();
    await expect(results.next()).rejects.toThrow('premature end of multipart body');
  });

  it.each([
    multipart.accept,
    // Apollo would look for parts when a mutation has taken effect.
    'multipart/mixed;subscriptionSpec=1.0',
  ])('leave the answers to queries and mutations as they are: %s', async (accept) => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: await headers({ 'content-type': 'application/json', accept }),
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({ data: { viewer: { id: 'alice' } } });
  });

  it('are refused with a status where the request is none', async () => {
    const body = { query: 'subscription { keyAlerts { id } }', variables: 'none' };
    const { response } = await RawStream.open(server().url, body, await headers(), multipart);
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/json');
    response.destroy();
  });

  it('run the operation that is named', async () => {
    const query = 'query a { viewer { id } } subscription b { keyAlerts { id } }';
    const ask = async (operationName: string) =>
      RawStream.open(server().url, { query, operationName }, await headers(), multipart);
    expect(await (await ask('a')).next()).toMatchObject({ data: { data: { viewer: { id: 'alice' } } } });
    const stream = await ask('b');
    expect(stream.response.headers['content-type']).toContain('multipart/mixed');
    stream.request.destroy();
  });

  it.each([
    ['to who does not take parts', 'POST', 'application/json'],
    ['by GET', 'GET', multipart.accept],
  ])('are not given %s', async (_, method, accept) => {
    const query = 'subscription { keyAlerts { id } }';
    const isPost = method === 'POST';
    const address = `${server().url}/graphql${isPost ? '' : `?query=${encodeURIComponent(query)}`}`;
    const response = await fetch(address, {
      method,
      headers: await headers({ accept, ...(isPost && { 'content-type': 'application/json' }) }),
      ...(isPost && { body: JSON.stringify({ query }) }),
    });
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
