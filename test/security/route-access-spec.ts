import { jest } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { AccessScope } from '../../src/auth/access-scope.js';
import { accessOf, routes as named } from '../../src/graphql/every-door/routes.js';
import { HttpDoor } from '../../src/graphql/http/http-door.js';
import { createToken } from '../support/access-tokens.js';
import { writeConsole } from '../support/console-folder.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const allScopes = Object.values(AccessScope);
const OPEN = [
  '/',
  ...['/console', '/console/', '/console/alerts', '/console/assets/*', '/console/audit', '/console/keys'],
  '/console/licences.txt',
  ...['/console/renewed', '/console/settings', '/console/signed-in', '/console/try', '/console/usage'],
  ...['/graphiql', '/graphiql/:name', '/healthz', '/readyz'],
];
const OF_FIELDS = ['/graphql', '/graphql/stream'];
const MADE_UP = '/made-up-for-this-test';

interface Route {
  readonly method: string;
  readonly pattern: string;
}

/** Each route that the server registers, and one more that nobody has named. */
function listenForRoutes(): readonly Route[] {
  const routes: Route[] = [];
  const install = (door: HttpDoor, server: FastifyInstance): void => original.call(door, server);
  const { install: original } = HttpDoor.prototype as {
    install: (this: HttpDoor, server: FastifyInstance) => void;
  };
  jest.spyOn(HttpDoor.prototype, 'install').mockImplementation(function (this: HttpDoor, server) {
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, pattern: url });
    });
    install(this, server);
    server.get(MADE_UP, () => ({ reached: true }));
  });
  return routes;
}

describe('access tokens and the routes of the server', () => {
  const routes = listenForRoutes();
  const server = useTestServer({}, 'PGlite', writeConsole());
  afterAll(() => jest.restoreAllMocks());

  const tokenWith = async (scopes: readonly string[]) =>
    (await createToken(server(), 'alice', { scopes })).secret;
  const ask = async ({ method, pattern }: Route, token: string | null) => {
    const response = await fetch(`${server().url}${pattern.replace('*', 'x').replace(':name', 'x')}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: ['GET', 'HEAD'].includes(method) ? null : '{}',
    });
    return { status: response.status, text: await response.text() };
  };
  const guarded = () => routes.filter(({ pattern }) => !['OPEN', 'FIELDS'].includes(accessOf(pattern)));

  it('are all named, but for the one that was made up: which of them are open, or of fields, stands here', () => {
    const patterns = [...new Set(routes.map(({ pattern }) => pattern))];
    expect(patterns.filter((pattern) => !named.has(pattern))).toEqual([MADE_UP]);
    expect(patterns.filter((pattern) => accessOf(pattern) === 'OPEN').sort()).toEqual(OPEN);
    expect(patterns.filter((pattern) => accessOf(pattern) === 'FIELDS').sort()).toEqual(OF_FIELDS);
    expect(guarded().map(({ pattern }) => pattern)).toEqual(
      expect.arrayContaining(['/export', '/v1/chat/completions', '/v1/models', '/v1/models/*', MADE_UP]),
    );
  });

  it('need a token, and one with the scope that the route names', async () => {
    for (const route of guarded()) {
      const access = accessOf(route.pattern);
      expect([route, (await ask(route, null)).status]).toEqual([route, 401]);
      const others = access === 'JWT' ? allScopes : allScopes.filter((scope) => scope !== access);
      const refused = await ask(route, await tokenWith(others));
      expect([route, refused.status]).toEqual([route, 403]);
      if (route.method !== 'HEAD') expect(refused.text).toContain('"code":"FORBIDDEN"');
      if (access === 'JWT') continue;
      const { status } = await ask(route, await tokenWith([access]));
      expect([401, 403]).not.toContain(status);
    }
  });

  it('that nobody has named are for JWTs alone', async () => {
    const route = { method: 'GET', pattern: MADE_UP };
    expect(await ask(route, await signToken('alice'))).toEqual({ status: 200, text: '{"reached":true}' });
    expect((await ask(route, await tokenWith(allScopes))).status).toBe(403);
  });
});
