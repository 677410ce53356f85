import { getIntrospectionQuery } from 'graphql';
import { jest } from '@jest/globals';
import { KeysService } from '../../src/keys/keys.service.js';
import { rootFieldsOf } from '../support/root-fields.js';
import { type GraphQLErrorBody, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { readSchema } from '../support/committed-schema.js';

const VIEWER = '{ viewer { id } }';
const SENTINEL = 'sk-sentinel-0123456789';

describe('the HTTP door', () => {
  const server = useTestServer({ MAX_BODY_BYTES: '65536' });

  /** A request as it is written: what no GraphQL client would send. */
  const send = async (init: RequestInit & { path?: string }) => {
    const response = await fetch(server().url + (init.path ?? '/graphql'), { method: 'POST', ...init });
    const text = await response.text();
    return { response, text, errors: (JSON.parse(text) as { errors: GraphQLErrorBody[] }).errors };
  };

  describe('without a token', () => {
    it.each([...rootFieldsOf('query'), ...rootFieldsOf('mutation')])(
      'refuses $name with 401',
      async ({ query }) => {
        const { status, data, errors } = await server().post(null, query);
        expect(status).toBe(401);
        expect(data).toBeNull();
        expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', retryable: false } }]);
      },
    );

    it.each([
      ['in a fragment', 'query run { ...on Query { viewer { id } } }'],
      ['in a named fragment', 'query run { ...all } fragment all on Query { viewer { id } }'],
      ['under an alias', 'query run { __typename: viewer { id } }'],
      ['beside __typename', 'query run { __typename viewer { id } }'],
      ['in the operation that is run', 'query other { __typename } query run { viewer { id } }'],
    ])('refuses a field %s', async (_, query) => {
      const headers = { 'content-type': 'application/json' };
      const { response, errors } = await send({
        headers,
        body: JSON.stringify({ query, operationName: 'run' }),
      });
      expect(response.status).toBe(401);
      expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    });

    it.each([
      ['does not parse', 'query run {'],
      ['does not validate', 'query run { viewer { idd } }'],
      ['has no operation of that name', 'query other { __typename }'],
      ['has a mistake beside what it runs', 'query run { __typename } query other { viewer { idd } }'],
      ['holds more than it runs', 'query run { __typename } query other { viewer { id } }'],
      ['is a subscription', 'subscription run { chat(input: { messages: [] }) { seq } }'],
    ])('says of a document that %s no more than 401', async (_, query) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query, operationName: 'run' });
      const { response, errors } = await send({ headers, body });
      expect(response.status).toBe(401);
      expect(errors).toEqual([
        { message: expect.any(String), extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) },
      ]);
    });

    it.each([
      ['__typename', '{ __typename }'],
      ['introspection', getIntrospectionQuery()],
      ['the introspection of one type', '{ __type(name: "Query") { name } }'],
    ])('answers %s', async (_, query) => {
      const { status, errors } = await server().post(null, query);
      expect({ status, errors }).toEqual({ status: 200, errors: [] });
    });
  });

  it.each([
    ['of another secret', () => signToken('alice', '1h', 'another secret of more than 32 bytes')],
    ['that has expired', () => signToken('alice', '-1h')],
    ['that is none', () => Promise.resolve(SENTINEL)],
    ['with two words', () => Promise.resolve(`two ${SENTINEL}`)],
  ])('refuses a token %s with 401, also for __typename, and never quotes it', async (_, token) => {
    const { status, errors, text, headers } = await server().post(
      null,
      '{ __typename }',
      {},
      { authorization: `Bearer ${await token()}` },
    );
    expect(status).toBe(401);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(text).not.toContain(SENTINEL);
  });

  it('keeps no connection for good on which nothing moves: its client reads no answer', () => {
    const { timeout } = server().app.getHttpServer() as { readonly timeout: number };
    // Long enough for what takes long to be answered.
    expect(timeout).toBeGreaterThanOrEqual(120_000);
    expect(timeout).toBeLessThanOrEqual(600_000);
  });

  it('answers a user, and no cache keeps the answer', async () => {
    const { status, data, headers } = await server().post('alice', VIEWER);
    expect({ status, data }).toEqual({ status: 200, data: { viewer: { id: 'alice' } } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['a refusal for lack of a token', null, VIEWER],
    ['a document that does not parse', 'alice', '{'],
    ['a document that does not validate', 'alice', '{ nothing }'],
  ])('lets no cache keep %s', async (_, user, query) => {
    const { headers } = await server().post(user, query);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  describe('the request id', () => {
    it('is the one that the client proposes, in the header and in errors', async () => {
      const { headers, errors } = await server().post(
        'alice',
        '{ nothing }',
        {},
        { 'x-request-id': 'mine_0123-ABC' },
      );
      expect(headers.get('x-request-id')).toBe('mine_0123-ABC');
      expect(errors[0]?.extensions.requestId).toBe('mine_0123-ABC');
    });

    it.each(['short', 'x'.repeat(65), 'has spaces in it', '<script>alert(1)</script>'])(
      'is our own instead of %j',
      async (proposed) => {
        const { headers, errors } = await server().post(
          'alice',
          '{ nothing }',
          {},
          { 'x-request-id': proposed },
        );
        expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
        expect(errors[0]?.extensions.requestId).toBe(headers.get('x-request-id'));
      },
    );
  });

  it.each(rootFieldsOf('subscription'))(
    'says where it runs to a client that POSTs the subscription $name',
    async ({ query }) => {
      const { status, errors } = await server().post('alice', query);
      expect(status).toBe(400);
      expect(errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
      expect(errors[0]?.message).toContain('graphql-transport-ws');
      expect(errors[0]?.message).toContain('/graphql/stream');
    },
  );

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'])(
    'takes no simple request of another site: %s',
    async (type) => {
      const authorization = `Bearer ${await signToken('alice')}`;
      const { response, errors } = await send({
        headers: { 'content-type': type, authorization },
        body: JSON.stringify({ query: VIEWER }),
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );

  it('takes no GET from another site, and one from a client that asks for a preflight', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    const { response, errors } = await send({ method: 'GET', path });
    expect(response.status).toBe(400);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    for (const header of ['apollo-require-preflight', 'x-apollo-operation-name']) {
      const allowed = await fetch(server().url + path, { headers: { [header]: 'true' } });
      expect(await allowed.json()).toEqual({ data: { __typename: 'Query' } });
    }
  });

  it('runs no mutation by GET', async () => {
    const headers = {
      authorization: `Bearer ${await signToken('alice')}`,
      'apollo-require-preflight': 'true',
    };
    const query = encodeURIComponent('mutation { deleteApiKey(keyId: "1") { deletedKeyId } }');
    const { response } = await send({ method: 'GET', path: `/graphql?query=${query}`, headers });
    expect(response.status).toBe(405);
  });

  it('takes no batches', async () => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await signToken('alice')}`,
    };
    const { response, errors } = await send({
      headers,
      body: JSON.stringify([{ query: VIEWER }, { query: VIEWER }]),
    });
    expect(response.status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  describe('limits', () => {
    const nested = (depth: number) =>
      `${'{ ...on Query '.repeat(depth)}{ viewer { id } }${' }'.repeat(depth)}`;

    it.each([
      ['depth', nested(9)],
      [
        'depth in fragments',
        `{ ...a } ${Array.from({ length: 12 }, (_, index) => `fragment ${'a'.repeat(index + 1)} on Query { ...${'a'.repeat(index + 2)} }`).join(' ')} fragment ${'a'.repeat(13)} on Query { viewer { id } }`,
      ],
      [
        'aliases',
        `{ ${Array.from({ length: 16 }, (_, index) => `a${String(index)}: __typename`).join(' ')} }`,
      ],
    ])('refuses a document beyond the limit of %s', async (_, query) => {
      const { status, errors } = await server().post('alice', query);
      expect(status).toBe(400);
      expect(errors.map(({ extensions }) => extensions.code)).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(errors.map(({ message }) => message).join()).toContain('exceeded');
    });

    it('refuses a document of too many tokens', async () => {
      const { status, errors } = await server().post('alice', `{ ${'__typename '.repeat(2_001)} }`);
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    });

    it('lets through what is within them', async () => {
      expect((await server().post('alice', nested(8))).status).toBe(200);
      const aliases = Array.from({ length: 15 }, (_, index) => `a${String(index)}: __typename`).join(' ');
      expect((await server().post('alice', `{ ${aliases} }`)).status).toBe(200);
    });

    it('refuses a body that is too large with 413', async () => {
      const { status, errors, text } = await server().post('alice', VIEWER, {
        padding: SENTINEL.repeat(4_000),
      });
      expect(status).toBe(413);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } },
      ]);
      expect(errors[0]!.message).toMatch(
        / larger than \d+ bytes \(MAX_BODY_BYTES\)\. .* POST \/attachments first$/,
      );
      expect(text).not.toContain(SENTINEL);
    });
  });

  describe('what GraphQL never sees', () => {
    const json = { 'content-type': 'application/json' };
    const withToken = async (init: RequestInit): Promise<RequestInit> => ({
      ...init,
      headers: { ...(init.headers as object), authorization: `Bearer ${await signToken('alice')}` },
    });

    it.each([
      ['JSON that is none', { headers: json, body: `{"query": ${SENTINEL}` }, 400],
      ['an empty body', { headers: json, body: '' }, 400],
      ['JSON without a query', { headers: json, body: `{"nothing":"${SENTINEL}"}` }, 400],
      ['a query that is no text', { headers: json, body: `{"query":{"${SENTINEL}":1}}` }, 400],
      [
        'variables that are no object',
        { headers: json, body: `{"query":"{ __typename }","variables":"${SENTINEL}"}` },
        400,
      ],
      ['another type', { headers: { 'content-type': 'application/xml' }, body: `<${SENTINEL}/>` }, 415],
      ['another address', { headers: json, path: `/${SENTINEL}`, body: '{}' }, 404],
      ['another method', { method: 'DELETE', headers: { 'apollo-require-preflight': 'true' } }, 404],
    ])('is answered as GraphQL would, without a quotation: %s', async (_, init, status) => {
      const { response, errors, text } = await send(await withToken(init));
      expect(response.status).toBe(status);
      expect(errors).toMatchObject([
        {
          message: expect.any(String),
          extensions: { code: 'BAD_USER_INPUT', requestId: response.headers.get('x-request-id') },
        },
      ]);
      expect(text).not.toContain(SENTINEL);
    });
  });

  it('shows nothing of what went wrong on the server, but where to find it', async () => {
    const mock = jest
      .spyOn(server().app.get(KeysService), 'list')
      .mockRejectedValue(new Error(`with ${SENTINEL}`));
    const { status, data, errors, text, headers } = await server().post('alice', '{ apiKeys { id } }');
    mock.mockRestore();
    expect({ status, data }).toEqual({ status: 200, data: null });
    const requestId = headers.get('x-request-id');
    expect(errors).toMatchObject([
      { path: ['apiKeys'], extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId } },
    ]);
    expect(text).not.toContain(SENTINEL);
    expect(text).not.toMatch(/stack|\.ts:|node_modules|Error:/);
  });

  it.each(['/healthz', '/readyz'])('answers %s to everybody', async (path) => {
    const response = await fetch(server().url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status: 'ok' });
  });

  it('says what its schema is for, as schema.graphql does', async () => {
    const { data } = await server().post(null, '{ __schema { description } }');
    expect(data).toEqual({ __schema: { description: expect.stringMatching(/^Keystream: /) } });
    expect(data).toEqual({ __schema: { description: readSchema().description } });
  });

  it('shows browsers Apollo Sandbox, with the address of subscriptions', async () => {
    const response = await fetch(`${server().url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(/initialSubscriptionEndpoint: subscriptions\.href/);
  });
});
