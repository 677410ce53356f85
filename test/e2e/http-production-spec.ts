import { getIntrospectionQuery } from 'graphql';
import { doors } from '../support/doors.js';
import { CHAT, HELLO } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

describe('in production', () => {
  const server = useTestServer({ NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' });

  it.each([
    ['the schema', getIntrospectionQuery()],
    ['a type', '{ __type(name: "Query") { name } }'],
    ['the schema in a fragment', '{ ...on Query { __schema { queryType { name } } } }'],
  ])('introspection of %s is refused, also to a user', async (_, query) => {
    const { status, data, errors } = await server().post('alice', query);
    expect({ status, data }).toEqual({ status: 400, data: null });
    expect(errors[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });

  it.each([
    ['field', '{ viewr { id } }'],
    ['field of a type', '{ viewer { idd } }'],
    ['argument', '{ apiKey(idd: "1") { id } }'],
    ['enum value', '{ keyResolution(provider: OPENAPI) { available } }'],
    ['type', '{ ...on Querry { viewer { id } } }'],
    ['type of a variable', 'query ($input: WebSerchInput) { viewer { id } }'],
    ['input field', 'query { webSearch(input: { qurey: "a" }) { tookMs } }'],
  ])('a misspelt %s gets no suggestion', async (_, query) => {
    const { status, errors, text } = await server().post('alice', query);
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toMatch(/^GRAPHQL_VALIDATION_FAILED$/);
    expect(text).not.toContain('Did you mean');
  });

  it('nor in a variable', async () => {
    const { text, errors } = await server().post(
      'alice',
      'query ($input: WebSearchInput!) { webSearch(input: $input) { tookMs } }',
      {
        input: { qurey: 'a' },
      },
    );
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(text).not.toMatch(/Did you mean|suggest/);
  });

  it.each(doors)('subscriptions are held to the same: $name', async (door) => {
    const query = CHAT.replace('maskedKey', 'maskedKy');
    const subscription = await door.subscribe(server(), 'alice', query, { input: { messages: HELLO } });
    const result = await subscription.next();
    expect(result).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    expect(JSON.stringify(result)).not.toContain('Did you mean');
    subscription.cut();
  });

  it.each(['/graphql', '/graphiql'])('a browser finds no page at %s', async (path) => {
    const response = await fetch(server().url + path, { headers: { accept: 'text/html' } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('<html');
  });

  it('__typename is open to all, everything else asks for a user', async () => {
    expect((await server().post(null, '{ __typename }')).status).toBe(200);
    expect((await server().post(null, '{ viewer { id } }')).status).toBe(401);
    expect((await server().post('alice', '{ viewer { id } }')).status).toBe(200);
  });

  it('pages of Apollo Sandbox are refused', async () => {
    const { status } = await server().post(
      'alice',
      '{ __typename }',
      {},
      { origin: 'https://studio.apollographql.com' },
    );
    expect(status).toBe(403);
  });
});

describe('outside production', () => {
  const server = useTestServer();

  it('a misspelt field gets a suggestion', async () => {
    const { errors } = await server().post('alice', '{ viewr { id } }');
    expect(errors[0]?.message).toContain('Did you mean');
  });
});
