import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { Limits } from '../../src/limits/limits.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { webSocketDoor } from '../support/doors.js';
import type { TestServer } from '../support/test-server.js';
import { useTwoServers } from '../support/two-servers.js';
import { emptyServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const ALERTS = 'subscription { keyAlerts { rule } }';
const SEARCH = '{ webSearch(input: { query: "words", provider: BRAVE }) { provider } }';

describe('alerts, with Redis', () => {
  const servers = useTwoServers({ TRUST_PROXY: '127.0.0.1' });
  beforeEach(async () => {
    await servers().there.app.get(AnomalyWatch).settle();
    await emptyServer(servers().here);
    await servers().here.storeKey('alice', 'BRAVE', KEY);
    const createdAt = new Date(Date.now() - 30 * 86_400_000);
    await database().apiKey.updateMany({ data: { createdAt } });
  });

  const database = () => servers().here.app.get(DatabaseService).client;
  const search = (server: TestServer) => server.post('alice', SEARCH, {}, { 'x-forwarded-for': '192.0.2.1' });
  const untilOpen = async (server: TestServer, count: number) => {
    while (server.app.get(Limits).openStreams !== count) await server.query('alice', '{ viewer { id } }');
  };

  it('reach their owner on whichever server they listen', async () => {
    const { here, there } = servers();
    const alerts = await Promise.all(
      [here, there].map((each) => webSocketDoor.subscribe(each, 'alice', ALERTS)),
    );
    await Promise.all([here, there].map((each) => untilOpen(each, 1)));
    await search(here);
    for (const each of alerts)
      expect((await each.next())?.data).toEqual({ keyAlerts: { rule: 'NEW_MODEL' } });
    for (const each of alerts) each.leave();
    await Promise.all([here, there].map((each) => untilOpen(each, 0)));
  });

  it('are found when Redis is back, where they were raised while it was away', async () => {
    const { here, there } = servers();
    const alerts = await webSocketDoor.subscribe(there, 'alice', ALERTS);
    await untilOpen(there, 1);
    const redis = here.app.get<RedisConnection>(RedisConnection);
    const away = () => Promise.reject(new Error('away'));
    const call = redis.call.bind(redis);
    redis.call = away;
    await search(here);
    await here.app.get(AnomalyWatch).settle();
    expect(await database().keyAlert.count()).toBe(1);
    redis.call = call;
    // As when its connection is made anew.
    Reflect.get(redis, 'onBack').call(redis);
    expect((await alerts.next())?.data).toEqual({ keyAlerts: { rule: 'NEW_MODEL' } });
    alerts.leave();
    await untilOpen(there, 0);
  });

  it('are raised once, though both servers see what they are made of', async () => {
    const { here, there } = servers();
    here.standIn.revokeKey('BRAVE', KEY);
    for (let count = 0; count < 6; count += 1) await Promise.all([search(here), search(there)]);
    await Promise.all([here, there].map((each) => each.app.get(AnomalyWatch).settle()));
    const rows = await database().auditEvent.findMany({ where: { kind: 'ANOMALY' } });
    const rules = rows.map(({ detail }) => detail?.split(':')[0]).sort();
    expect(rules).toEqual(['NEW_MODEL', 'REPEATED_KEY_REJECTED']);
    expect(await database().keyAlert.count()).toBe(2);
  });
});
