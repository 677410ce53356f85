import { CONSOLE_OPERATIONS, writeConsole } from '../support/console-folder.js';
import { createDatabase } from '../support/database.js';
import { RawStream } from '../support/raw-stream.js';
import { idOf, manifestOf, writeManifest } from '../support/manifest.js';
import { HELLO, signToken, TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const VIEWER = 'query Viewer {\n  viewer {\n    id\n  }\n}';
const UNLISTED = '{ viewer { id __typename } }';
const DELETE = 'mutation Delete($id: ID!) { deleteApiKey(keyId: $id) { deletedKeyId } }';
const CHAT =
  'subscription Chat($input: ChatInput!) { chat(input: $input) { ...Event } }\nfragment Event on ChatEvent { seq }';
const CHAT_IN_ANOTHER_LAYOUT = `fragment Event on ChatEvent { # all
  seq, }
subscription Chat($input: ChatInput!) { chat(input: $input) { ...Event } }`;

const hashed = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: idOf(text) } });

/** What a request may hold to name one operation; each without a text, or with the same. */
const names = (text: string, inAnotherLayout: string): [string, Record<string, unknown>][] => [
  ['documentId', { documentId: idOf(text) }],
  ["Apollo's hash", { extensions: hashed(text) }],
  ['its text', { query: text }],
  ['its text in another layout', { query: inAnotherLayout }],
  ['all of these', { query: text, documentId: idOf(text), extensions: hashed(text) }],
];

/** What names none of the list. */
const others: [string, Record<string, unknown>][] = [
  ['an unknown documentId', { documentId: idOf(UNLISTED) }],
  ['a documentId that is no text', { documentId: 7 }],
  ['an unknown hash', { extensions: hashed(UNLISTED) }],
  ['a hash that is missing', { extensions: { persistedQuery: { version: 1 } } }],
  ['another text', { query: UNLISTED }],
  ['a text that is no GraphQL', { query: 'viewer {' }],
  ['the schema', { query: '{ __schema { types { name } } }' }],
  ['nothing at all', { query: '{ __typename }' }],
  ['a listed id and another text', { documentId: idOf(VIEWER), query: UNLISTED }],
  ['a listed id and an unknown hash', { documentId: idOf(VIEWER), extensions: hashed(UNLISTED) }],
  ['two of the list', { documentId: idOf(VIEWER), query: DELETE }],
];

const NOT_IN_LIST = { extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST', retryable: false } };

describe('a server with a list of operations', () => {
  const server = useTestServer({ PERSISTED_OPERATIONS: writeManifest([VIEWER, DELETE, CHAT]) });

  const post = async (body: unknown, token: string | null = null): Promise<Response> =>
    fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
  const ask = async (body: Record<string, unknown>) => {
    const response = await post(body, await signToken('alice'));
    return { status: response.status, ...((await response.json()) as object) };
  };
  const askByGet = async (parameters: Record<string, string>) => {
    const response = await fetch(`${server().url}/graphql?${String(new URLSearchParams(parameters))}`, {
      headers: { authorization: `Bearer ${await signToken('alice')}` },
    });
    return (await response.json()) as object;
  };

  describe('over HTTP', () => {
    it.each(names(VIEWER, 'query Viewer { viewer { id, } } # mine'))(
      'runs a listed one by %s',
      async (_, body) => {
        expect(await ask(body)).toEqual({ status: 200, data: { viewer: { id: 'alice' } } });
      },
    );

    it('gives it its variables and its name, and checks them', async () => {
      const named = { documentId: idOf(DELETE), operationName: 'Delete' };
      expect(await ask({ ...named, variables: { id: '1' } })).toMatchObject({
        errors: [{ extensions: { code: 'KEY_NOT_FOUND' } }],
      });
      expect(await ask({ ...named, variables: {} })).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'id' }] } }],
      });
    });

    it.each(others)('runs nothing for %s', async (_, body) => {
      expect(await ask(body)).toMatchObject({ status: 400, errors: [NOT_IN_LIST] });
    });

    it('does the same for GET', async () => {
      const data = { viewer: { id: 'alice' } };
      expect(await askByGet({ documentId: idOf(VIEWER) })).toEqual({ data });
      expect(await askByGet({ extensions: JSON.stringify(hashed(VIEWER)) })).toEqual({ data });
      expect(await askByGet({ query: VIEWER })).toEqual({ data });
      expect(await askByGet({ query: UNLISTED })).toMatchObject({ errors: [NOT_IN_LIST] });
      expect(await askByGet({ documentId: '1' })).toMatchObject({ errors: [NOT_IN_LIST] });
    });

    it('still says what is wrong with a request that names nothing', async () => {
      expect(await ask({ variables: {} })).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      });
    });

    it.each([
      ['listed', { documentId: idOf(VIEWER) }],
      ['unknown', { documentId: 'unknown' }],
      ['listed by its text', { query: VIEWER }],
      ['unlisted', { query: UNLISTED }],
    ])('tells nobody without a token what is %s', async (_, body) => {
      const response = await post(body);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    });
  });

  describe.each([
    [
      'over WebSocket',
      async (payload: Record<string, unknown>) => {
        const socket = await server().socket();
        await socket.init('alice');
        socket.send({ type: 'subscribe', id: '1', payload });
        const message = await socket.next();
        socket.socket.terminate();
        return message.type === 'error' ? message.payload : message.payload.errors;
      },
    ],
    [
      'as an event stream',
      async (payload: Record<string, unknown>) => {
        const authorization = `Bearer ${await signToken('alice')}`;
        const stream = await RawStream.open(server().url, payload, { authorization });
        const event = await stream.next();
        stream.request.destroy();
        return event?.data.errors;
      },
    ],
  ])('%s', (_, errorsOf) => {
    const variables = { input: { messages: HELLO } };

    it.each(names(CHAT, CHAT_IN_ANOTHER_LAYOUT))('runs a listed one by %s', async (_, payload) => {
      // Which is to say that it got as far as the key that alice lacks.
      expect(await errorsOf({ ...payload, variables })).toMatchObject([
        { extensions: { code: 'NO_KEY_AVAILABLE' } },
      ]);
    });

    it.each(others)('runs nothing for %s', async (_, payload) => {
      expect(await errorsOf(payload)).toMatchObject([NOT_IN_LIST]);
    });

    it('runs no query, listed or not', async () => {
      expect(await errorsOf({ documentId: idOf(VIEWER) })).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'query' }] } },
      ]);
    });
  });
});

describe('a server without a list', () => {
  const server = useTestServer();

  const errorsOf = async (body: Record<string, unknown>) => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken('alice')}` },
      body: JSON.stringify(body),
    });
    return ((await response.json()) as { errors?: unknown }).errors;
  };

  it('knows no ids', async () => {
    expect(await errorsOf({ documentId: idOf(VIEWER) })).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ]);
    const socket = await server().socket();
    await socket.init('alice');
    socket.send({ type: 'subscribe', id: '1', payload: { documentId: '1' } });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
    socket.socket.terminate();
  });

  it('takes the text where it stands beside an id', async () => {
    expect(await errorsOf({ documentId: idOf(VIEWER), query: VIEWER })).toBeUndefined();
  });
});

describe.each([
  ['on', writeConsole(), true],
  ['off', writeConsole(), false],
])('a server with a list, whose console is %s', (CONSOLE, folder, isListed) => {
  const server = useTestServer({ CONSOLE, PERSISTED_OPERATIONS: writeManifest([DELETE]) }, 'PGlite', folder);
  const [OWN = ''] = CONSOLE_OPERATIONS;

  it(`${isListed ? 'runs' : 'does not run'} what the console asks for`, async () => {
    const names = [{ query: OWN }, { documentId: idOf(OWN) }, { query: OWN, extensions: hashed(OWN) }];
    for (const body of names) {
      const response = await fetch(`${server().url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken('alice')}` },
        body: JSON.stringify(body),
      });
      expect(await response.json()).toMatchObject(
        isListed ? { data: { viewer: { id: 'alice' } } } : { errors: [NOT_IN_LIST] },
      );
    }
  });
});

describe("a list of the console's that is none", () => {
  const other = useTestServer();

  it.each([
    [
      'does not fit the schema',
      manifestOf(['{ nothing }']),
      /The console's own operations\.json: operation 1/,
    ],
    ['is no manifest', '[]', /The console in dist\/console is incomplete: its list of operations must name/],
  ])('stops the start where it %s and there is a list, by name', async (_, operations, message) => {
    const database = await createDatabase('PGlite');
    const folder = writeConsole({ 'operations.json': operations });
    const start = (environment: Readonly<Record<string, string>>) =>
      TestServer.start({ ...database.environment, ...environment }, other(), folder);
    await expect(start({ PERSISTED_OPERATIONS: writeManifest([DELETE]) })).rejects.toThrow(message);
    await database.drop();
  });
});
