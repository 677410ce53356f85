import { useTestServer } from '../support/use-test-server.js';

const ALLOWED = 'https://app.example';
const EVIL = 'https://evil.example';
const VIEWER = '{ viewer { id } }';

describe('a browser page', () => {
  const server = useTestServer({ ALLOWED_ORIGINS: `${ALLOWED},https://other.example` });

  const preflight = (origin: string) =>
    fetch(`${server().url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it('of an allowed origin may ask, and read the answer and its request id', async () => {
    const asked = await preflight(ALLOWED);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    const { status, data, headers } = await server().post('alice', VIEWER, {}, { origin: ALLOWED });
    expect({ status, data }).toEqual({ status: 200, data: { viewer: { id: 'alice' } } });
    expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  it('of the same origin may', async () => {
    const { status } = await server().post('alice', VIEWER, {}, { origin: server().url });
    expect(status).toBe(200);
  });

  it.each([
    EVIL,
    'null',
    'http://app.example',
    'https://app.example.evil.example',
    'https://app.example:8443',
    'nonsense',
  ])('of the origin %s is refused with 403, with any token', async (origin) => {
    const { status, data, errors, headers } = await server().post('alice', VIEWER, {}, { origin });
    expect({ status, data }).toEqual({ status: 403, data: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', requestId: headers.get('x-request-id') } },
    ]);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('of another origin gets no leave in the preflight either', async () => {
    const { headers } = await preflight(EVIL);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may never send cookies: there are none', async () => {
    const { headers } = await preflight(ALLOWED);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('of Apollo Sandbox is refused where the operator names the origins', async () => {
    const { status } = await server().post(
      'alice',
      VIEWER,
      {},
      { origin: 'https://studio.apollographql.com' },
    );
    expect(status).toBe(403);
  });
});

describe('a client without an Origin', () => {
  const server = useTestServer();

  it('is no browser page, and passes', async () => {
    expect((await server().post('alice', VIEWER)).status).toBe(200);
  });

  it('is the only one beside the same origin and Apollo Sandbox where the operator names none', async () => {
    const statusOf = async (origin: string) => (await server().post('alice', VIEWER, {}, { origin })).status;
    expect(await statusOf(server().url)).toBe(200);
    expect(await statusOf('https://studio.apollographql.com')).toBe(200);
    expect(await statusOf(ALLOWED)).toBe(403);
  });
});
