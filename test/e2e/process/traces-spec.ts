import { createDatabase, type TestDatabase } from '../../support/database.js';
import { useProcesses } from '../../support/server-process.js';
import { HELLO } from '../../support/test-server.js';
import { TraceCollector } from '../../support/trace-collector.js';

const KEY = 'key-of-alice-0123456789';
const WORDS = 'words-that-alice-wrote';
const SEARCH = 'query Mine ($input: WebSearchInput!) { webSearch(input: $input) { provider } }';

describe('traces', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let collector: TraceCollector;
  beforeEach(async () => {
    database = await createDatabase();
    collector = await TraceCollector.start();
  });
  afterEach(async () => {
    collector.stop();
    await database.drop();
  });

  it('lead from a request to its key, its provider and its stream, and hold nothing that anyone wrote', async () => {
    const server = await processes.start({
      ...processes.environment(database.environment),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    for (const provider of ['OPENAI', 'BRAVE']) {
      processes.standIn.acceptKey(provider, KEY);
      await server.storeKey('alice', provider, KEY);
    }
    const messages = [...HELLO, { role: 'USER', content: WORDS }];
    const [started] = await server.chatEvents('alice', { messages });
    await server.query('alice', SEARCH, { input: { query: WORDS } });
    expect(await server.kill('SIGTERM')).toMatchObject({ code: 0 });

    const { spans } = collector;
    const parentOf = (name: string) =>
      spans.find(({ spanId }) => spanId === spans.find((span) => span.name === name)?.parentSpanId)?.name;
    const call = spans.find(({ name }) => name.startsWith('chat '))!;
    expect(call.traceId).toBe(started?.chatId.replaceAll('-', ''));
    expect(parentOf('stream')).toBe(call.name);
    expect(parentOf(call.name)).toBe('subscription');
    expect(parentOf('key resolution')).toBe('subscription');
    expect(parentOf('search BRAVE')).toBe('query');
    expect(spans.filter(({ name }) => name === 'mutation')).toHaveLength(2);
    expect(collector.text).not.toMatch(new RegExp(`alice|${KEY}|${WORDS}|Mine|Hello`));
  });

  it('hold up nothing where nobody takes them', async () => {
    const { url } = collector;
    collector.stop();
    const server = await processes.start({
      ...processes.environment(database.environment),
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    expect(await server.query('alice', '{ viewer { id } }')).toEqual({ viewer: { id: 'alice' } });
    expect(await server.kill('SIGTERM')).toMatchObject({ code: 0 });
  });
});
