import { hang, reply } from '../../demo/stand-in/behaviours.mjs';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { serveMetrics, type ServedMetrics } from '../../src/serve-metrics.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const MODEL = 'a-model-of-alice';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { provider } }';

describe('the metrics of a server', () => {
  const server = useTestServer({ LIMIT_SEARCHES_PER_MINUTE: '1' });
  let metrics: ServedMetrics;
  beforeEach(async () => {
    metrics = await serveMetrics(server().app, { host: '127.0.0.1' }, 0);
  });
  afterEach(() => metrics.close());

  const get = (path = '/metrics', init?: RequestInit) => fetch(metrics.origin + path, init);
  /** Each series with its value, by its name and labels as Prometheus reads them. */
  const scrape = async (): Promise<Map<string, number>> => {
    const lines = (await (await get()).text()).split('\n').filter((line) => line && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [
        line.slice(0, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1)),
      ]),
    );
  };

  it('are in the text format of Prometheus, at one address', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(404);
  });

  it('count chats and searches, without a word of their users', async () => {
    const ofOpenAi = 'use="chat",provider="OPENAI",source="USER"';
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().chatEvents('alice', { model: MODEL });
    server().standIn.once('OPENAI', reply({ status: 401, body: '{"error":{"code":"invalid_api_key"}}' }));
    await server().chatEvents('alice', {});
    await server().chatFailure('bob', {});
    await server().storeKey('alice', 'BRAVE', KEY);
    await server().query('alice', SEARCH, { input: { query: 'words' } });
    expect(await server().failure('alice', SEARCH, { input: { query: 'words' } })).toBe('RATE_LIMITED');

    const series = await scrape();
    expect(Object.fromEntries(series)).toMatchObject({
      [`keystream_uses_ended_total{${ofOpenAi},outcome="OK"}`]: 1,
      [`keystream_uses_ended_total{${ofOpenAi},outcome="KEY_REJECTED"}`]: 1,
      'keystream_uses_ended_total{use="search",provider="BRAVE",source="USER",outcome="OK"}': 1,
      'keystream_uses_refused_total{use="chat",outcome="NO_KEY_AVAILABLE"}': 1,
      'keystream_provider_failures_total{provider="OPENAI",code="KEY_REJECTED"}': 1,
      'keystream_limit_refusals_total{limit="searches per minute"}': 1,
      'keystream_chat_first_token_seconds_count{provider="OPENAI"}': 1,
      keystream_key_resolution_seconds_count: 2,
    });
    expect(
      series.get('keystream_tokens_total{provider="OPENAI",source="USER",direction="output"}'),
    ).toBeGreaterThan(0);
    expect([...series.keys()].join()).not.toMatch(/alice|bob|words|key-of|a-model/);
  });

  it('count verifications and anomalies', async () => {
    const VERIFY = 'mutation ($id: ID!) { verifyApiKey(keyId: $id) { warning } }';
    const id = await server().storeKey('alice', 'BRAVE', KEY);
    await server().query('alice', VERIFY, { id });
    server().standIn.revokeKey('BRAVE', KEY);
    await server().query('alice', VERIFY, { id });
    const { client } = server().app.get(DatabaseService);
    await client.$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60)`;
    expect(await server().failure('alice', VERIFY, { id })).toBe('KEY_UNREADABLE');
    await server().app.get(AnomalyWatch).settle();
    expect(Object.fromEntries(await scrape())).toMatchObject({
      'keystream_key_verifications_total{provider="BRAVE",verdict="VALID"}': 1,
      'keystream_key_verifications_total{provider="BRAVE",verdict="REJECTED"}': 1,
      'keystream_anomalies_total{rule="DECRYPTION_FAILED"}': 1,
    });
  });

  it('show what goes on at the moment', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    server().standIn.once('OPENAI', hang());
    const asked = server().standIn.nextRequest('OPENAI');
    const chat = await server().chat('alice', {});
    await chat.next();
    await asked;
    const during = Object.fromEntries(await scrape());
    expect(during).toMatchObject({
      keystream_streams_open: 1,
      keystream_chats_running: 1,
      'keystream_sockets_open{door="websocket"}': expect.any(Number),
      'keystream_sockets_open{door="event_stream"}': 0,
      'keystream_sockets_open{door="openai"}': 0,
      'keystream_database_connections{state="busy"}': 0,
      'keystream_database_connections{state="limit"}': expect.any(Number),
      keystream_database_waiting: 0,
      keystream_writer_waiting: 0,
      keystream_anomaly_events_waiting: expect.any(Number),
      keystream_connections_open: expect.any(Number),
      nodejs_eventloop_lag_p99_seconds: expect.any(Number),
    });
    expect(during['keystream_sockets_open{door="websocket"}']).toBeGreaterThan(0);
    await chat.return?.();
    await (
      await asked
    ).closedByClient;
  });
});
