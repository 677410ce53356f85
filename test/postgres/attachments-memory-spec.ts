import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { useProcesses } from '../support/server-process.js';
import { signToken } from '../support/test-server.js';

const MIB = 1024 * 1024;
const CHATS = 50;
const ATTACHMENT_BYTES = 20 * MIB;
/** Measured are some 150 MiB; copies in base64 would be 1,300. */
const MOST_BYTES = 400 * MIB;
const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text } }';

describe('chats with large attachments', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let upstream: Server;
  const asked: IncomingMessage[] = [];
  let onAsked = (): void => undefined;

  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    // It takes a request, and reads nothing of its body before it is told to.
    upstream = createServer((request) => {
      asked.push(request);
      onAsked();
    }).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    upstream.closeAllConnections();
    upstream.close();
    await database.drop();
  });

  it('hold no copy of them, neither while a provider is slow nor while it reads', async () => {
    const server = await processes.start(
      {
        ...processes.environment(database.environment),
        OPENAI_BASE_URL: `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`,
        LIMIT_STREAMS_PER_USER: '0',
        LIMIT_CHATS_PER_MINUTE: '0',
      },
      CAN_REPORT,
    );
    await server.storeKey('alice', 'OPENAI', 'a-key-of-alice');
    const headers = { authorization: `Bearer ${await signToken('alice')}` };
    const form = new FormData();
    form.set(
      'file',
      new Blob([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(ATTACHMENT_BYTES - 8)]),
      'a.png',
    );
    const stored = await fetch(`${server.url}/attachments`, { method: 'POST', headers, body: form });
    const { id: attachmentId } = (await stored.json()) as { id: string };
    const before = await reportOf(server);

    const all = new Promise<void>((resolve) => {
      onAsked = () => asked.length === CHATS && resolve();
    });
    const input = { messages: [{ role: 'USER', parts: [{ image: { attachmentId } }] }] };
    const answers = Array.from({ length: CHATS }, async () => {
      const body = JSON.stringify({ query: COMPLETE, variables: { input } });
      const answer = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      });
      return (await answer.json()) as any;
    });
    await all;
    const slow = await reportOf(server);

    let most = slow.residentBytes;
    let isOver = false as boolean;
    const received = Promise.all(asked.map(lengthOf)).then((lengths) => {
      isOver = true;
      return lengths;
    });
    while (!isOver) most = Math.max(most, (await reportOf(server)).residentBytes);
    const lengths = await received;
    expect(Math.min(...lengths)).toBeGreaterThan((ATTACHMENT_BYTES * 4) / 3);
    expect(asked.map(({ headers: { 'content-length': length } }) => Number(length))).toEqual(lengths);
    expect(most - before.residentBytes).toBeLessThan(MOST_BYTES);
    upstream.closeAllConnections();
    for (const { errors } of await Promise.all(answers))
      expect(errors[0].extensions.code).toMatch(/^PROVIDER_/);
  });
});

async function lengthOf(request: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of request) length += (chunk as Buffer).length;
  return length;
}
