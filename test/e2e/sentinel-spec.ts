import { registry } from '../../src/providers/registry/registry.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { modelOf } from '../support/openai-client.js';
import { naming, placing } from '../support/naming.js';
import { dumpFiles, dumpTables, sentinelFor, tracesIn } from '../support/sentinel.js';
import { chatPaths, commonPaths, searchPaths, type ProviderPath } from '../support/sentinel-paths.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { TraceCollector } from '../support/trace-collector.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { CHAT, HELLO, RawSocket, signToken } from '../support/test-server.js';

const SEARCH = `query ($input: WebSearchInput!) {
  webSearch(input: $input) { provider keySource tookMs results { title url snippet content score } }
}`;
const STORE =
  'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id maskedKey } } }';
const VERIFY = 'mutation ($id: ID!) { verifyApiKey(keyId: $id) { warning apiKey { health healthReason } } }';
const OPENAI = '/v1/chat/completions';
const READ_ALL = `{
  viewer { id } providers { provider keySource defaultModel }
  apiKeys { id name maskedKey status health healthReason endpoint { name baseUrl } } apiKeyHistory { edges { cursor node { id maskedKey } } }
  keyResolution { candidates { provider keyId reason } }
  auditEvents(first: 200) { edges { node { id kind provider keyId chatId model outcome detail } } }
  usage { byProvider { provider totals { failures } } }
  keyAlertHistory(first: 200) { edges { node { id rule provider keyId explanation } } }
}`;

/** Sends what a client would, and keeps every byte that comes back. */
class Recorder {
  readonly received: string[] = [];
  #socket: RawSocket | null = null;
  #subscriptions = 0;

  constructor(private readonly server: ServerProcess) {}

  async http(path: string, init: RequestInit): Promise<string> {
    const authorization = `Bearer ${await signToken('alice')}`;
    const headers = {
      'content-type': 'application/json',
      authorization,
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(this.server.url + path, { method: 'POST', ...init, headers });
    const text = await response.text();
    this.received.push(`${String(response.status)} ${JSON.stringify([...response.headers])} ${text}`);
    return text;
  }

  async post(query: string, variables: unknown = {}, more: Record<string, unknown> = {}): Promise<any> {
    return JSON.parse(await this.http('/graphql', { body: JSON.stringify({ query, variables, ...more }) }));
  }

  async socket(): Promise<RawSocket> {
    if (this.#socket) return this.#socket;
    const socket = await RawSocket.open(`${this.server.url.replace('http', 'ws')}/graphql`, {});
    socket.socket.on('message', (data: Buffer) => this.received.push(data.toString()));
    await socket.init('alice');
    return (this.#socket = socket);
  }

  /** Asks as a client of OpenAI's does, for a whole answer and for a stream. */
  async ask(provider: string): Promise<void> {
    const messages = [{ role: 'user', content: 'Hello' }];
    for (const stream of [false, true])
      await this.http(OPENAI, { body: JSON.stringify({ model: modelOf(provider), messages, stream }) });
  }

  /** Runs a subscription to its end on both doors, and answers with the last message before that on the WebSocket. */
  async subscribe(query: string, variables: Record<string, unknown>): Promise<any> {
    const [last] = await Promise.all([this.overSocket(query, variables), this.overStream(query, variables)]);
    return last;
  }

  private async overStream(query: string, variables: Record<string, unknown>): Promise<void> {
    const headers = { accept: 'text/event-stream' };
    await this.http('/graphql/stream', { body: JSON.stringify({ query, variables }), headers });
  }

  private async overSocket(query: string, variables: Record<string, unknown>): Promise<any> {
    const socket = await this.socket();
    this.#subscriptions += 1;
    socket.subscribe(String(this.#subscriptions), query, variables);
    let last: any = null;
    for (;;) {
      const message = await socket.next();
      if (message.type === 'complete') return last;
      last = message.payload;
      if (message.type === 'error') return last;
    }
  }

  /** A chat or a search with the provider, and the code that it ends with; `OK` where all is well. */
  async use({ id, kind }: (typeof registry)[number]): Promise<string> {
    if (kind === 'SEARCH') {
      const { errors } = await this.post(SEARCH, {
        input: { query: 'words', provider: id, includeContent: true },
      });
      return (errors?.[0]?.extensions.code ?? 'OK') as string;
    }
    const { data } = await this.subscribe(CHAT, {
      input: { messages: HELLO, ...naming(id), reasoningEffort: 'LOW' },
    });
    return (data.chat.error?.code ?? 'OK') as string;
  }
}

/** The code that a use ends with; again where an answer was too late on a busy machine, which is tried as well. */
async function unlessLate(use: () => Promise<string>, expected: string | null): Promise<string> {
  let code = await use();
  for (let again = 0; again < 4 && code === 'PROVIDER_TIMEOUT' && code !== expected; again += 1)
    code = await use();
  return code;
}

/** What people do with a key by mistake. */
async function pasteEverywhere(recorder: Recorder, key: string, id: string): Promise<void> {
  const quoted = JSON.stringify(key);
  const name = key.replaceAll(/\W/g, '_');
  const documents = [
    `mutation { storeApiKey(input: { provider: ${id}, apiKey: ${quoted}, nothing: 1 }) { apiKey { id } } }`,
    `mutation { storeApiKey(input: { provider: ${quoted}, apiKey: ${quoted} }) { apiKey { id } } }`,
    `mutation { storeApiKey(input: { provider: ${id}, apiKey: ${key} }) { apiKey { id } } }`,
    `mutation { storeApiKey(input: { provider: ${id}, apiKey: [${quoted}] }) { apiKey { id } } }`,
    `mutation { storeApiKey(input: ${quoted}) { apiKey { id } } }`,
    `mutation { storeApiKey(input: { provider: CUSTOM, apiKey: "a key", endpoint: { name: ${quoted}, baseUrl: ${quoted} } }) { apiKey { id } } }`,
    `{ keyResolution(provider: CUSTOM, endpoint: ${quoted}, model: ${quoted}) { available } }`,
    `mutation { storeApiKey(input: { provider: ${id}, ${name}: 1 }) { apiKey { id } } }`,
    `mutation { deleteApiKey(keyId: ${quoted}) { deletedKeyId } }`,
    `{ apiKey(id: ${quoted}) { id } }`,
    `{ auditEvents(first: ${quoted}, after: ${quoted}) { edges { cursor } } }`,
    `{ auditEvents(filter: { keyId: ${quoted}, chatId: ${quoted} }) { edges { cursor } } }`,
    `{ usage(from: ${quoted}) { totals { chats } } }`,
    `{ ${name} }`,
    `{ viewer { ${name} } }`,
    `query ${name} { nothing }`,
    `query ($${name}: String) { viewer { id } }`,
    key,
  ];
  const inputs = [
    key,
    [key],
    { provider: key },
    { provider: id, apiKey: { key } },
    { provider: id, [key]: key },
    { provider: 'CUSTOM', apiKey: key, endpoint: { name: key, baseUrl: key } },
    { provider: 'CUSTOM', endpoint: key, model: key, messages: HELLO },
  ];
  for (const document of documents) {
    await recorder.post(document);
    await recorder.subscribe(document, {});
    await recorder.http(`/graphql?query=${encodeURIComponent(document)}`, { method: 'GET' });
  }
  for (const input of inputs) {
    await recorder.post(STORE, { input });
    await recorder.subscribe(CHAT, { input });
  }
  const messages = [{ role: 'user', content: 'Hello' }];
  for (const body of [
    { model: [key], messages },
    { model: 'x', messages, [key]: key },
    { model: 'x', messages: [{ role: key, content: [{ type: key, [key]: key }], [key]: key }] },
    { model: `custom/${key}/${key}`, messages, tools: [{ type: 'function', function: { name: key } }] },
    { model: `custom/home/x`, messages, tool_choice: key, response_format: { type: key }, user: [key] },
  ]) {
    const headers = { 'idempotency-key': key.replaceAll(/[^ -~]/g, '') };
    await recorder.http(OPENAI, { body: JSON.stringify(body), headers });
  }
  await recorder.http(`/v1/models/${encodeURIComponent(key)}`, { method: 'GET' });
  await recorder.post(STORE, key);
  await recorder.post('{ viewer { id } }', {}, { operationName: key });
  await recorder.post('{ viewer { id } }', {}, { extensions: key, [key]: key });
  for (const path of ['/graphql', '/graphql/stream', OPENAI]) {
    await recorder.http(path, { body: `{"query": ${key}` });
    await recorder.http(path, { body: key, headers: { 'content-type': 'text/plain' } });
    await recorder.http(path, { body: '{}', headers: { authorization: `Bearer ${key}` } });
    await recorder.http(path, { body: JSON.stringify({ query: [key], operationName: [key], [key]: key }) });
    await recorder.http(path, { body: '{}', headers: { accept: key.replaceAll(/[^ -~]/g, '') } });
    await recorder.http(`${path}?key=${encodeURIComponent(key)}`, { body: '{}' });
  }
}

describe('a stored key is found nowhere but with its provider', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let collector: TraceCollector;
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    database = await createDatabase();
    collector = await TraceCollector.start();
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    collector.stop();
    await receiver.stop();
    await database.drop();
  });

  it.each(registry)('$id', async (entry) => {
    const { id, kind } = entry;
    const key = sentinelFor(entry);
    const server = await processes.start({
      ...processes.environment(database.environment),
      LOG_LEVEL: 'trace',
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      CHAT_FIRST_BYTE_TIMEOUT_MS: '700',
      CHAT_IDLE_TIMEOUT_MS: '700',
      SEARCH_TIMEOUT_MS: '700',
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    const recorder = new Recorder(server);
    const place = placing(id, processes.environment({}));
    const input = { ...place, apiKey: key, name: 'sentinel' };
    const { storeApiKey } = (await recorder.post(STORE, { input })).data;

    const paths: ProviderPath[] = [
      ...commonPaths(key),
      ...(kind === 'CHAT' ? chatPaths(id, key) : searchPaths(id, key)),
    ];
    const ends: [string, string][] = [];
    for (const [name, behaviour, code] of paths) {
      const use = async (): Promise<string> => {
        processes.standIn.once(id, behaviour);
        // Chats run on both doors.
        if (kind === 'CHAT') processes.standIn.once(id, behaviour);
        return recorder.use(entry);
      };
      ends.push([name, await unlessLate(use, code)]);
      // The same, said of a key that is only tried.
      processes.standIn.once(id, behaviour);
      await recorder.post(VERIFY, { id: storeApiKey.apiKey.id });
    }
    expect(ends.filter(([, code]) => code === 'INTERNAL_SERVER_ERROR')).toEqual([]);
    const expected = paths.flatMap(([name, , code]) => (code === null ? [] : [[name, code]]));
    expect(ends).toEqual(expect.arrayContaining(expected));
    processes.standIn.acceptKey(id, key);
    expect(await unlessLate(() => recorder.use(entry), 'OK')).toBe('OK');
    // The sentinel did travel: were it found nowhere at all, this test would show nothing.
    expect(processes.standIn.requests.every((exchange) => exchange.key === key)).toBe(true);

    await pasteEverywhere(recorder, key, id);
    // So often in the place of a token that the operator is told.
    for (let number = 0; number < 40; number += 1) {
      const authorization = `Bearer ${key}${String(number)}`;
      await recorder.http('/graphql', { body: '{}', headers: { authorization } });
    }
    if (kind === 'CHAT') {
      for (const [, behaviour] of paths) {
        processes.standIn.once(id, behaviour);
        await recorder.ask(id);
      }
      // Which of its two requests, and of their repetitions, took the last answers does not matter here.
      processes.standIn.forget();
      processes.standIn.acceptKey(id, key);
    }
    expect((await receiver.until(1))[0]?.body).toContain('FAILED_TOKENS');
    const { data } = await recorder.post(READ_ALL);
    expect(data.apiKeys).toMatchObject([{ health: 'VALID' }]);
    expect(await recorder.http('/export', { method: 'GET' })).toContain('"type":"end"');
    await recorder.post(STORE, { input: { ...place, apiKey: key, verify: true } });
    processes.standIn.revokeKey(id, key);
    const refused = await recorder.post(STORE, { input: { ...place, apiKey: key, verify: true } });
    expect(refused.errors[0].extensions.code).toBe('KEY_REJECTED');
    await recorder.post('mutation ($id: ID!) { deleteApiKey(keyId: $id) { deletedKeyId } }', {
      id: data.apiKeys[0].id,
    });
    (await recorder.socket()).socket.close();
    const { msg } = await server.logged('Metrics on ');
    const metrics = await (await fetch(msg.slice(msg.indexOf('http')))).text();

    const { code, stdout, stderr } = await server.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stdout).toContain('request completed');
    expect(tracesIn(recorder.received.join('\n'))).toEqual([]);
    expect(tracesIn(stdout + stderr)).toEqual([]);
    expect(metrics).toContain(`provider="${id}"`);
    expect(tracesIn(metrics)).toEqual([]);
    expect(collector.spans.some(({ name }) => name.startsWith(kind === 'CHAT' ? 'chat ' : 'search '))).toBe(
      true,
    );
    expect(tracesIn(collector.text)).toEqual([]);
    expect(tracesIn(receiver.received.map((webhook) => JSON.stringify(webhook)).join('\n'))).toEqual([]);
    const dataDir = database.environment.DATA_DIR ?? '';
    const tables = await dumpTables(dataDir);
    for (const table of ['audit_events', 'rule_states']) expect(tables).toContain(table);
    expect(tracesIn(tables)).toEqual([]);
    expect(tracesIn(await dumpFiles(dataDir))).toEqual([]);
  });
});

describe('the search for a sentinel', () => {
  const key = sentinelFor(registry[0]);

  it.each([
    ['raw', key],
    ['in a URL', encodeURIComponent(key)],
    ['in JSON', JSON.stringify({ key })],
    ['in hex', Buffer.from(key).toString('hex')],
    ...[0, 1, 2].map((offset) => [
      `in base64 at ${String(offset)}`,
      Buffer.from(`${'x'.repeat(offset)}${key}`).toString('base64'),
    ]),
    ['in base64url', Buffer.from(key).toString('base64url')],
    ['without its beginning', key.slice(20)],
  ])('finds it %s', (_, text) => {
    expect(tracesIn(`before\n${text}\nafter`)).toHaveLength(1);
  });

  it('takes its masked form for none', () => {
    expect(tracesIn(`${key.slice(0, 8)}…${key.slice(-4)}`)).toEqual([]);
  });
});
