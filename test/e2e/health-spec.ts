import { jest } from '@jest/globals';
import supertest from 'supertest';
import { Lifecycle } from '../../src/common/lifecycle.js';
import { Admission } from '../../src/limits/admission.js';
import { useTestServer } from '../support/use-test-server.js';

describe('health', () => {
  const server = useTestServer();

  it('is alive', async () => {
    await supertest(server().url)
      .get('/healthz')
      .expect(200, { status: 'ok' })
      .expect('cache-control', 'no-store');
  });

  it('is ready when the database answers and its migrations are applied', async () => {
    await supertest(server().url)
      .get('/readyz')
      .expect(200, { status: 'ok', checks: { database: 'READY', server: 'READY' } })
      .expect('cache-control', 'no-store');
  });

  it.each([
    ['is busy, and worth sending requests to, while it refuses some chats', 'BUSY', 200, 'busy'],
    ['is not ready when it has refused all of them for a time', 'OVERLOADED', 503, 'unavailable'],
  ] as const)('%s', async (_, load, code, status) => {
    const spy = jest.spyOn(server().app.get(Admission), 'load', 'get').mockReturnValue(load);
    await supertest(server().url)
      .get('/readyz')
      .expect(code, { status, checks: { database: 'READY', server: load } });
    spy.mockRestore();
    await supertest(server().url).get('/healthz').expect(200);
  });

  it('is alive but not ready while it stops', async () => {
    server().app.get(Lifecycle).beginDrain();
    await supertest(server().url)
      .get('/readyz')
      .expect(503, { status: 'unavailable', checks: { database: 'READY', server: 'DRAINING' } });
    await supertest(server().url).get('/healthz').expect(200);
  });
});
