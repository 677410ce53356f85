import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { exportJWK, generateKeyPair, type GenerateKeyPairResult, SignJWT } from 'jose';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { bestOf, clockMs } from '../support/timing.js';

const issuer = 'https://id.example';
const audience = 'keystream';
/** The time limit of a whole document, and what a busy machine adds. */
const WITHIN_MS = 5_000 + 5_000;
/** More than what any of the documents may make of a server, less than what one of them would. */
const MAX_GROWTH_BYTES = 150 * 1024 * 1024;

type Answer = (response: ServerResponse) => void;

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Writes again and again, as fast as it is read. */
function pump(response: ServerResponse, text: string): void {
  while (response.writable && response.write(text));
  if (response.writable) response.once('drain', () => pump(response, text));
}

/** Documents that no OpenID provider publishes. */
const documents: Readonly<Record<string, Answer>> = {
  'without an end': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"keys":[');
    pump(response, `{"kty":"oct","k":"${'A'.repeat(65_536)}"},`);
  },
  'of one byte at a time': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 100);
    response.once('close', () => clearInterval(timer));
  },
  'that is announced and never comes': (response) => {
    response.writeHead(200, { 'content-length': '100' }).flushHeaders();
  },
  'of 64 MiB': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"keys":[],"more":"${'A'.repeat(64 * 1024 * 1024)}"}`);
  },
  'that is a gzip of zeros': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
    response.end(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')));
  },
  'of very many keys': (response) =>
    json(response, { keys: Array.from({ length: 5_000 }, () => ({ kty: 'RSA' })) }),
  'of lists in lists': (response) => response.end(`{"keys":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  'that is no JSON': (response) => response.end('<html>'),
  'that is empty': (response) => response.end(),
  'that is null': (response) => response.end('null'),
  'with no list of keys': (response) => json(response, { keys: { length: 1 } }),
  'with keys that are none': (response) => json(response, { keys: [1, null, 'key'] }),
  'that stands elsewhere': (response) => response.writeHead(302, { location: '/keys' }).end(),
  'that is cut': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"keys":[', () => response.destroy());
  },
  'of 503 with a body without an end': (response) => {
    response.writeHead(503);
    pump(response, 'x'.repeat(65_536));
  },
};

describe('a key set at AUTH_JWKS_URL', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let server: ServerProcess;
  let provider: Server;
  let answer: Answer;
  let requests: string[];
  let pair: GenerateKeyPairResult;
  let good: Answer;
  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    const key = { ...(await exportJWK(pair.publicKey)), kid: 'first', alg: 'ES256', use: 'sig' };
    good = (response) => json(response, { keys: [key] });
  });
  beforeEach(async () => {
    requests = [];
    answer = good;
    provider = createServer((request, response) => {
      requests.push(request.url ?? '');
      answer(response);
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const { port } = provider.address() as AddressInfo;
    database = await createDatabase();
    server = await processes.start({
      ...processes.environment(database.environment),
      AUTH_JWT_SECRET: undefined,
      AUTH_JWKS_URL: `http://127.0.0.1:${String(port)}/jwks`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
      // None of these is a way out.
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: '1',
    });
  });
  afterEach(async () => {
    await server.kill('SIGKILL');
    provider.closeAllConnections();
    provider.close();
    await database.drop();
  });

  const sign = (kid = 'first'): Promise<string> =>
    new SignJWT({ sub: 'alice', iss: issuer, aud: audience })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setExpirationTime('1h')
      .sign(pair.privateKey);

  /** The code of a request with this token; null where it is answered. */
  async function ask(token: string): Promise<string | null> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors?.[0]?.extensions.code ?? null;
  }

  /** Bytes that the process has in memory. */
  async function memory(): Promise<number> {
    const status = await readFile(`/proc/${String(server.child.pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  }

  it('is harmless with any content, and read again when it is one', async () => {
    const token = await sign();
    const before = await memory();
    for (const [name, document] of Object.entries(documents)) {
      answer = document;
      requests = [];
      const best = await bestOf(3, WITHIN_MS, () =>
        clockMs(
          // Together they ask once.
          Promise.all([ask(token), ask(token), ask(token)]).then((codes) => {
            expect([name, codes]).toEqual([name, Array.from({ length: 3 }, () => 'SERVICE_UNAVAILABLE')]);
          }),
        ),
      );
      expect([name, best < WITHIN_MS]).toEqual([name, true]);
      expect([name, new Set(requests)]).toEqual([name, new Set(['/jwks'])]);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    }
    expect((await memory()) - before).toBeLessThan(MAX_GROWTH_BYTES);
    answer = good;
    expect(await ask(token)).toBeNull();
  });

  it('closes the connection of a document that is too long', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (response) => {
        response.once('close', resolve);
        documents['without an end']?.(response);
      };
    });
    expect(await ask(await sign())).toBe('SERVICE_UNAVAILABLE');
    await closed;
  });

  it('is not asked for again because of ids that are made up', async () => {
    expect(await ask(await sign())).toBeNull();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sign(`made-up-${String(index)}`)),
    );
    const codes = await Promise.all(tokens.map(ask));
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']));
    expect(requests).toEqual(['/jwks']);
    expect(await ask(await sign())).toBeNull();
  });

  it('may be as long as a real one with certificates', async () => {
    const key = {
      ...(await exportJWK(pair.publicKey)),
      kid: 'first',
      alg: 'ES256',
      x5c: ['A'.repeat(4_000)],
    };
    const others = Array.from({ length: 40 }, (_, index) => ({ ...key, kid: String(index) }));
    answer = (response) => json(response, { keys: [...others, key] });
    expect(await ask(await sign())).toBeNull();
  });
});
