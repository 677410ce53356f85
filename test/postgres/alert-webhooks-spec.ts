import { WebhookDispatcher } from '../../src/audit/anomalies/webhook/webhook-dispatcher.js';
import { WebhookOutbox } from '../../src/audit/anomalies/webhook/webhook-outbox.js';
import type { AlertSender, Webhook } from '../../src/audit/anomalies/webhook/alert-sender.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

describe('webhooks that several servers send', () => {
  let database: TestDatabase;
  let services: DatabaseService[];
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    services = await Promise.all([1, 2, 3].map(() => open()));
    await services[0]!.client.$executeRaw`
      INSERT INTO webhook_deliveries (id, body)
      SELECT gen_random_uuid(), number::text FROM generate_series(1, 100) AS number`;
  });
  afterEach(async () => {
    for (const service of services) await service.onApplicationShutdown();
    await database.drop();
  });

  const open = async (): Promise<DatabaseService> => {
    const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
    const service = new DatabaseService({ url, dataDir });
    await service.onModuleInit();
    return service;
  };

  it('are each sent by one of them', async () => {
    const sent: string[] = [];
    const sender: AlertSender = {
      isOn: true,
      send: async ({ body }: Webhook) => {
        sent.push(body);
        // As long as the network takes.
        await services[0]!.client.$queryRaw`SELECT 1`;
        return { hasArrived: true };
      },
    };
    const dispatchers = services.map((service) => new WebhookDispatcher(new WebhookOutbox(service), sender));
    for (const dispatcher of dispatchers) dispatcher.onModuleInit();
    while ((await services[0]!.client.webhookDelivery.count()) > 0);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.beforeApplicationShutdown()));
    expect(sent.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('are left to the others by one that dies with them, and not before its time is over', async () => {
    const [dead, alive] = services.map((service) => new WebhookOutbox(service)) as [
      WebhookOutbox,
      WebhookOutbox,
    ];
    const taken = await dead.claim(60, 60_000);
    expect(await alive.claim(100, 60_000)).toHaveLength(40);
    expect(await alive.claim(100, 60_000)).toEqual([]);
    await services[0]!.client
      .$executeRaw`UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at - interval '61 seconds'`;
    const again = await alive.claim(100, 60_000);
    expect(again).toHaveLength(100);
    expect(again.filter(({ attempts }) => attempts === 2)).toHaveLength(100);
    // What comes late from the one that was taken for dead changes nothing.
    await dead.postpone(taken[0]!, 0);
    expect(await alive.claim(100, 60_000)).toEqual([]);
  });
});
