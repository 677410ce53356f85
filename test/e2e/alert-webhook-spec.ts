import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { WebhookSender } from '../../src/alert-webhook/webhook-sender.js';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { WebhookDispatcher } from '../../src/audit/anomalies/webhook/webhook-dispatcher.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { EgressProxy } from '../support/egress-proxy.js';
import { TestServer } from '../support/test-server.js';
import { emptyServer } from '../support/use-test-server.js';
import { type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver.js';

const KEY = 'key-of-alice-0123456789';
const SECRET_BYTES = randomBytes(32);
const SEARCH = '{ webSearch(input: { query: "words", provider: BRAVE }) { provider } }';
const MUTE = 'mutation { updateSettings(input: { mutedRules: ["NEW_MODEL"] }) { viewer { id } } }';
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';

/** What a receiver checks, by the words of the specification alone. */
function isSigned({ headers, body }: ReceivedWebhook): boolean {
  const content = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const expected = createHmac('sha256', SECRET_BYTES).update(content).digest('base64');
  return headers['webhook-signature'] === `v1,${expected}`;
}

describe('the webhook for anomalies', () => {
  let receiver: WebhookReceiver;
  let database: TestDatabase;
  let server: TestServer;
  const start = async (more: Record<string, string> = {}) =>
    (server = await TestServer.start({
      ...database.environment,
      ...{ TRUST_PROXY: '127.0.0.1', ALERT_WEBHOOK_URL: receiver.url },
      ALERT_WEBHOOK_SECRET: `whsec_${SECRET_BYTES.toString('base64')}`,
      ...more,
    }));
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    database = await createDatabase();
    await start();
  });
  beforeEach(async () => {
    await emptyServer(server);
    receiver.forget();
  });
  afterAll(async () => {
    await server.stop();
    await receiver.stop();
    await database.drop();
  });

  const table = () => server.app.get(DatabaseService).client.webhookDelivery;
  const settle = () => server.app.get(AnomalyWatch).settle();
  /** Waits until nothing is being sent, or is due. */
  const untilIdle = async () => {
    while (server.app.get(WebhookDispatcher).isWorking) await server.query('alice', '{ viewer { id } }');
  };
  /** An anomaly: the first use of an old key. */
  const bringAbout = async (userId = 'alice') => {
    const keyId = await server.storeKey(userId, 'BRAVE', KEY);
    const createdAt = new Date(Date.now() - 30 * 86_400_000);
    await server.app.get(DatabaseService).client.apiKey.updateMany({ data: { createdAt } });
    await server.post(userId, SEARCH, {}, { 'x-forwarded-for': '203.0.113.9' });
    await settle();
    return keyId;
  };
  /** As if the pause were over. */
  const tryAgain = async () => {
    await untilIdle();
    await table().updateMany({ data: { nextAttemptAt: new Date(0) } });
    server.app.get(WebhookDispatcher).wake();
  };

  it('is signed as Standard Webhooks asks, and says what the trail says', async () => {
    const keyId = await bringAbout();
    const [webhook] = await receiver.until(1);
    expect(webhook!.url).toBe('/hook?room=ops');
    expect(webhook!.headers).toMatchObject({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
    expect(isSigned(webhook!)).toBe(true);
    expect(Math.abs(Number(webhook!.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    const [row] = await server.app
      .get(DatabaseService)
      .client.auditEvent.findMany({ where: { kind: 'ANOMALY' } });
    expect(JSON.parse(webhook!.body)).toEqual({
      type: 'key.anomaly',
      timestamp: row!.at.toISOString(),
      data: {
        ...{ id: row!.id, rule: 'NEW_MODEL', userId: 'alice', provider: 'BRAVE', keyId, network: null },
        explanation: expect.stringContaining('for the first time'),
      },
    });
    expect(webhook!.headers['webhook-id']).toBe(row!.id);
    await untilIdle();
    expect(await table().count()).toBe(0);
  });

  it('is sent of what a user has muted, too', async () => {
    await server.query('alice', MUTE);
    await bringAbout();
    expect(JSON.parse((await receiver.until(1))[0]!.body)).toMatchObject({ data: { rule: 'NEW_MODEL' } });
    expect(await server.app.get(DatabaseService).client.keyAlert.count()).toBe(0);
    await untilIdle();
  });

  it('names no address where something comes from a network', async () => {
    for (let number = 0; number < 10; number += 1) {
      server.standIn.once('BRAVE', reply({ status: 401, body: '{}' }));
      const input = {
        provider: 'BRAVE',
        apiKey: `stolen-key-number-${String(1_000 + number)}`,
        verify: true,
      };
      await server.post('mallory', STORE, { input }, { 'x-forwarded-for': '203.0.113.9' });
    }
    await settle();
    const [webhook] = await receiver.until(1);
    expect(JSON.parse(webhook!.body)).toMatchObject({
      data: {
        rule: 'KEY_STUFFING',
        userId: null,
        keyId: null,
        network: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
    expect(webhook!.body).not.toMatch(/203\.0\.113|stolen|mallory/);
    await untilIdle();
  });

  it('is tried again under the same id, with a signature of its own, until it has arrived', async () => {
    receiver.answers.push(
      (response) => response.writeHead(500).end(),
      (response) => response.destroy(),
    );
    await bringAbout();
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await receiver.until(attempt);
      await untilIdle();
      const [delivery] = await table().findMany();
      expect(delivery).toMatchObject({ attempts: attempt });
      expect(delivery!.nextAttemptAt.getTime()).toBeGreaterThan(Date.now());
      await tryAgain();
    }
    const received = await receiver.until(3);
    expect(received.every(isSigned)).toBe(true);
    expect(
      new Set(received.map(({ headers, body }) => `${String(headers['webhook-id'])} ${body}`)).size,
    ).toBe(1);
    await untilIdle();
    expect(await table().count()).toBe(0);
  });

  it('is given up after ten attempts', async () => {
    receiver.answers.push(
      (response) => response.writeHead(410).end(),
      (response) => response.writeHead(410).end(),
    );
    await bringAbout();
    await receiver.until(1);
    await untilIdle();
    await table().updateMany({ data: { attempts: 9 } });
    await tryAgain();
    await receiver.until(2);
    await untilIdle();
    expect(await table().count()).toBe(0);
  });

  it('follows no redirect', async () => {
    receiver.answers.push((response) => response.writeHead(307, { location: receiver.url }).end());
    await bringAbout();
    await receiver.until(1);
    await untilIdle();
    expect(receiver.received).toHaveLength(1);
    expect(await table().findMany()).toMatchObject([{ attempts: 1 }]);
  });

  it('does not read the answer, however long it is', async () => {
    const closed = new Promise<void>((resolve) => {
      receiver.answers.push((response: ServerResponse) => {
        response.writeHead(200);
        const write = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', write);
        response.once('close', () => resolve());
        write();
      });
    });
    await bringAbout();
    await receiver.until(1);
    await closed;
    await untilIdle();
    expect(await table().count()).toBe(0);
  });

  it('is not waited for without an end', async () => {
    const sender = server.app.get<{ timeoutMs: number }>(WebhookSender);
    const { timeoutMs } = sender;
    sender.timeoutMs = 50;
    try {
      const closed = new Promise((resolve) =>
        receiver.answers.push((response) => resolve(once(response, 'close'))),
      );
      await bringAbout();
      await closed;
      await untilIdle();
      expect(await table().findMany()).toMatchObject([{ attempts: 1 }]);
    } finally {
      sender.timeoutMs = timeoutMs;
    }
  });

  it('survives a restart', async () => {
    receiver.answers.push((response) => response.writeHead(503).end());
    await bringAbout();
    const [first] = await receiver.until(1);
    await untilIdle();
    await server.stop();
    await database.execute('UPDATE webhook_deliveries SET next_attempt_at = now()');
    await start();
    const [, second] = await receiver.until(2);
    expect(second).toMatchObject({
      body: first!.body,
      headers: { 'webhook-id': first!.headers['webhook-id'] },
    });
    await untilIdle();
    expect(await table().count()).toBe(0);
  });

  it('goes through the proxy that the operator names, and is kept nowhere where it is off', async () => {
    const proxy = await EgressProxy.start();
    await server.stop();
    await start({ OUTBOUND_PROXY_URL: proxy.url() });
    await bringAbout();
    await receiver.until(1);
    await untilIdle();
    expect(proxy.targets).toContain(new URL(receiver.url).host);
    await server.stop();
    await proxy.stop();
    await start({ ALERT_WEBHOOK_URL: '' });
    await emptyServer(server);
    await bringAbout();
    expect(await table().count()).toBe(0);
    expect(await server.app.get(DatabaseService).client.keyAlert.count()).toBe(1);
    expect(receiver.received).toHaveLength(1);
  });
});
