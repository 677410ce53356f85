import { chatCases } from '../contract/chat-adapter-cases.js';
import { engineCases } from '../contract/search-engine-cases.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Flood, FloodUpstream } from '../support/flood-upstream.js';
import { naming } from '../support/naming.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { type RawSocket, signToken } from '../support/test-server.js';

/** The issue is seconds; what is measured by hand is below 50. This machine may have other things to do. */
const LONGEST_MS = 500;
/** For each chat that is answered at once: what it may have of one event, and copies that are not collected yet. */
const MOST_BYTES = chatCases.length * 40 * 1024 * 1024;
const POURED_BYTES = 1024 * 1024;
const ANSWERS = 20;

const CHAT = 'subscription ($input: ChatInput!) { chat(input: $input) { __typename seq } }';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { results { url } } }';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
const ENDLESS = `${HEAD}connection: close\r\n\r\n`;
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;

/** About a packet of it. */
const fill = (text: string): string => text.repeat(Math.ceil(65_536 / text.length));
const body = (piece: string, first = ''): Flood => ({ first: ENDLESS + first, piece: fill(piece) });

const eachProvider = (eventOf: (each: (typeof chatCases)[number]) => string): Flood =>
  body(chatCases.map(eventOf).join(''));

const floods: readonly (readonly [string, Flood])[] = [
  ['blank lines', body('\n')],
  ['blank lines of CR', body('\r')],
  ['blank lines of CRLF', body('\r\n')],
  ['blank lines of both', body('\n\r')],
  ['comments', body(': \n')],
  ['comments that are events', body(':\n\n')],
  ['unknown fields', body('x:y\n')],
  ['events without data', body('event: x\n\n')],
  ['empty data', body('data\n\n')],
  ['empty events', body('data: {}\n\n')],
  ['empty events with a name', body('event: x\ndata: {}\n\n')],
  ['pings', body('event: ping\ndata: {"type":"ping"}\n\n')],
  ['one-character deltas', eachProvider(({ textEvent }) => textEvent('x'))],
  [
    'deltas of both kinds',
    body(
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"x"}\n\n' +
        'event: response.reasoning_text.delta\ndata: {"type":"response.reasoning_text.delta","delta":"y"}\n\n' +
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"x"}}\n\n' +
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"thinking":"y"}}\n\n' +
        'data: {"candidates":[{"content":{"parts":[{"text":"x"},{"text":"y","thought":true}]}}]}\n\n',
    ),
  ],
  [
    'parts',
    body(`data: {"candidates":[{"content":{"parts":[${Array(1000).fill('{"text":"x"}').join(',')}]}}]}\n\n`),
  ],
  ['large deltas', eachProvider(({ textEvent }) => textEvent('x'.repeat(1_000_000)))],
  [
    'usages',
    body(
      `event: message_delta\ndata: {"type":"message_delta","delta":{},"usage":{${Array.from({ length: 1000 }, (_, index) => `"u${String(index)}":1`).join(',')}}}\n\n`,
    ),
  ],
  ['one line without end', body('x', 'data: ')],
  ['one event without end', body('data: x\n')],
  ['one event of empty lines', body('data\n')],
  ['very many values', body('[],', 'data: [')],
  ['very many values in large events', body(`data: [${Array(600_000).fill('[]').join(',')}]\n\n`)],
  ['what is nested', body(`data: ${'['.repeat(1_000_000)}\n\n`)],
  ['chunks of one byte', { first: CHUNKED, piece: fill('1\r\n\n\r\n') }],
  ['chunks with extensions', { first: `${CHUNKED}1;`, piece: fill('x') }],
  ['trailers', { first: `${CHUNKED}0\r\n`, piece: fill('a: b\r\n') }],
  ['informational responses', { first: '', piece: fill('HTTP/1.1 103 Early Hints\r\n\r\n') }],
  ['headers', { first: 'HTTP/1.1 200 OK\r\n', piece: fill('a: b\r\n') }],
  ['one header', { first: 'HTTP/1.1 200 OK\r\na: ', piece: fill('x') }],
  ['a compressed body', { first: `${HEAD}content-encoding: gzip\r\n\r\n`, piece: fill('\0') }],
  ['an error', { first: 'HTTP/1.1 500 No\r\nconnection: close\r\n\r\n', piece: fill('{"error":') }],
];

describe('a provider that floods', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let upstream: FloodUpstream;
  beforeEach(async () => {
    database = await createDatabase();
    upstream = await FloodUpstream.start();
  });
  afterEach(async () => {
    await upstream.stop();
    await database.drop();
  });

  async function start(): Promise<ServerProcess> {
    const everywhere = Object.keys(processes.standIn.environment()).map((variable) => [
      variable,
      upstream.url,
    ]);
    const environment = {
      ...processes.environment(database.environment),
      ...(Object.fromEntries(everywhere) as Record<string, string>),
      LIMIT_STREAMS_PER_USER: '0',
      LIMIT_CHATS_PER_MINUTE: '0',
      LIMIT_SEARCHES_PER_MINUTE: '0',
      CHAT_DISCONNECT_GRACE_MS: '0',
    };
    const server = await processes.start(environment, CAN_REPORT);
    for (const { entry } of [...chatCases, ...engineCases])
      await server.storeKey('alice', entry.id, 'a-key-of-alice');
    return server;
  }

  it('holds no other chat up, and takes no memory without end', async () => {
    const server = await start();
    // The packages are loaded with the first chat, which takes its time.
    await flooded(server, body('\n'));
    const before = await reportOf(server);
    for (const [name, flood] of floods) {
      await flooded(server, flood);
      const { longestMs, residentBytes } = await reportOf(server);
      const more = residentBytes - before.residentBytes;
      expect([name, longestMs < LONGEST_MS, more < MOST_BYTES]).toEqual([name, true, true]);
    }
  });

  /** Others ask again and again meanwhile, and are answered. */
  async function flooded(server: ServerProcess, flood: Flood): Promise<void> {
    upstream.prepare(flood);
    const leave = await ask(server);
    await upstream.poured(POURED_BYTES);
    for (let count = 0; count < ANSWERS; count += 1) {
      const { status } = await fetch(`${server.url}/healthz`);
      expect(status).toBe(200);
    }
    await leave();
    await upstream.left();
  }
});

/** Calls every provider at once. */
async function ask(server: ServerProcess): Promise<() => Promise<void>> {
  const sockets: RawSocket[] = [];
  for (const { entry } of chatCases) {
    const socket = await server.socket('alice');
    sockets.push(socket);
    socket.subscribe('chat', CHAT, {
      input: { ...naming(entry.id), messages: [{ role: 'USER', content: 'Hello' }], webSearch: {} },
    });
  }
  const client = new AbortController();
  const searches = engineCases.map(async ({ entry }) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken('alice')}` },
      body: JSON.stringify({ query: SEARCH, variables: { input: { query: 'tea', provider: entry.id } } }),
      signal: client.signal,
    }),
  );
  return async () => {
    for (const { socket } of sockets) socket.terminate();
    client.abort();
    await Promise.allSettled(searches);
  };
}
