import { type JWTPayload, SignJWT } from 'jose';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { exchange, sendBytes } from '../support/exchange.js';
import { type LogLine, useProcesses } from '../support/server-process.js';
import { JWT_SECRET, signToken } from '../support/test-server.js';

/** Of no provider. */
const KEYS = [
  'sk-proj-Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7',
  'sk-ant-api03-Zq7Zq7Zq7Zq7Zq7Zq7Zq7',
  'AIzaZq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq',
  'fc-0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d',
  'tvly-dev-Zq7Zq7Zq7Zq7Zq7Zq7',
  'BSAZq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq',
  '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d',
  '0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D',
  'gsk_Zq7rWx2kPm9LtVb4NcYd8HfJ3sQe6GuA1',
  'Zq7rWx2kPm9LtVb4NcYd8HfJ3sQe6GuA1zXo5Ti',
  'my-key_sk-proj-Zq7Zq7Zq7Zq7',
];

const processes = useProcesses();
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase('PGlite');
});
afterEach(() => database.drop());

const start = () => processes.start(processes.environment({ LOG_LEVEL: 'trace', ...database.environment }));

describe('the log', () => {
  it('holds no path that is a key, nor any other part of a request', async () => {
    const server = await start();
    const authorization = `Bearer ${await signToken('alice')}`;
    const echoed: string[] = [];
    for (const key of KEYS) {
      for (const path of [
        `/${key}`,
        `/${key}/%`,
        `/graphql/${key}`,
        `/graphiql/${key}`,
        `/graphql?apiKey=${key}`,
      ]) {
        const { body } = await exchange(server.url, {
          path,
          headers: { authorization, referer: `https://a/${key}` },
        });
        echoed.push(body);
      }
      const encoded = Buffer.from(key).toString('hex').replace(/../g, '%$&');
      echoed.push((await exchange(server.url, { path: `/${encoded}` })).body);
      echoed.push((await exchange(server.url, { method: 'POST', path: `/graphql/stream/${key}` })).body);
      echoed.push(
        await sendBytes(
          server.url,
          `GET http://${key}/${key} HTTP/1.1\r\nHost: ${key}\r\nConnection: close\r\n\r\n`,
        ),
      );
      echoed.push(await sendBytes(server.url, `${key} /${key} HTTP/1.1\r\n\r\n`));
      echoed.push(await sendBytes(server.url, `GET /${key} HTTP/9.9\r\n${key}: ${key}\r\n\r\n`));
    }
    await exchange(server.url, { path: '/%' });
    const { stdout, stderr } = await server.kill('SIGTERM');
    for (const key of KEYS) {
      expect(stdout + stderr).not.toContain(key);
      expect(echoed.join('\n')).not.toContain(key);
    }
    expect(stdout + stderr).not.toContain('/%');
    expect(stdout).not.toContain('%73%6b');
    const paths = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as LogLine)
      .filter(({ msg }) => msg === 'request completed')
      .map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['(unknown)', '/graphql', '/graphiql/:name']));
  });

  it('holds no request id that is a key, and neither does the answer', async () => {
    const server = await start();
    for (const key of KEYS) {
      const { headers, body } = await exchange(server.url, {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', 'x-request-id': key },
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      });
      expect(headers['x-request-id']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      expect(body).not.toContain(key);
    }
    const { stdout } = await server.kill('SIGTERM');
    for (const key of KEYS) expect(stdout).not.toContain(key);
  });

  it('holds the request ids that clients make', async () => {
    const server = await start();
    const ids = [
      ...['mine_0123-ABC', 'order-service-42', 'checkout_20261126_000123', '12345678', 'x'.repeat(64)],
      ...['0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9', 'req-0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9'],
      ...[
        '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        '4bf92f3577b34da6a3ce929d0e0e4736',
        '1-67891233-abcdef012345678912345678',
      ],
      ...[
        '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        'V1StGXR8_Z5jdHi6B-myT',
        '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
      ],
    ];
    for (const id of ids) {
      const { headers } = await exchange(server.url, { path: '/nothing', headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toBe(id);
    }
    const { stdout } = await server.kill('SIGTERM');
    for (const id of ids) expect(stdout).toContain(`"requestId":"${id}"`);
  });
});

describe('a token whose times are in milliseconds', () => {
  const now = (): number => Date.now();
  const signClaims = (claims: JWTPayload): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(JWT_SECRET));

  it.each([
    ['exp and iat', { exp: now() + 3_600_000, iat: now() }, 200, 'is valid for thousands of years'],
    ['iat', { exp: Math.floor(now() / 1000) + 3_600, iat: now() }, 200, 'is accepted all the same'],
    ['nbf', { exp: Math.floor(now() / 1000) + 3_600, nbf: now() }, 401, 'is refused for that'],
    ['exp', { exp: now() * 1_000_000 }, 401, 'is refused for that'],
  ])('says so in the log, once: %s', async (names, claims, expected, consequence) => {
    const server = await processes.start(processes.environment(database.environment));
    const token = await signClaims({ sub: 'alice', ...claims });
    for (let count = 0; count < 5; count += 1) {
      const { status } = await exchange(server.url, {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      });
      expect(status).toBe(expected);
    }
    const { stdout } = await server.kill('SIGTERM');
    const lines = stdout.split('\n').filter((line) => line.includes('in milliseconds'));
    expect(lines).toEqual([expect.stringContaining(`A token has its ${names} in milliseconds`)]);
    expect(lines[0]).toContain(consequence);
    expect(lines[0]).toContain('"level":40');
  });
});
