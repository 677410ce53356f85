import { connect } from 'node:net';
import { jest } from '@jest/globals';
import { CHAT, signToken } from '../support/test-server.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { useServerProcess } from '../support/use-server-process.js';

jest.setTimeout(180_000);

const MANY = 10_000;
/**
 * The most that any other user waits, in milliseconds, on a machine that runs other suites beside this one: what takes the
 * event loop as a whole takes many times as long.
 */
const PATIENCE_MS = 1_000;

describe('a user who asks for ten thousand things in a row', () => {
  const running = useServerProcess({}, CAN_REPORT);

  /** The longest time for which the server's event loop was held while the work went on, in milliseconds. */
  async function longestHoldDuring(work: () => Promise<unknown>): Promise<number> {
    await longestHold();
    await work();
    return longestHold();
  }

  const longestHold = async () => (await reportOf(running().server)).longestMs;

  it.each([
    ['subscriptions that are refused', 'subscription { chat(input: { messages: [] }) { seq } }'],
    ['subscriptions without a key', CHAT],
    ['documents that do not validate', `subscription { ${'nothing '.repeat(100)} }`],
  ])('of %s keeps no other user waiting, and none is left out', async (_, query) => {
    const socket = await running().server.socket('mallory');
    const variables = { input: { messages: [{ role: 'USER', content: 'Hello' }] } };
    for (let count = 0; count < MANY; count++) socket.subscribe(String(count), query, variables);
    const ended = new Set<string>();
    const answer = async () => {
      while (ended.size < MANY) {
        const { id, type, payload } = await socket.next();
        if (type === 'complete' || type === 'error') ended.add(id as string);
        const errors = type === 'error' ? payload : (payload?.errors ?? []);
        for (const { extensions } of errors)
          expect(extensions.code).not.toMatch(/LIMITED|UNAVAILABLE|INTERNAL/);
      }
    };
    expect(await longestHoldDuring(answer)).toBeLessThan(PATIENCE_MS);
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    socket.socket.terminate();
  });

  it('of queries keeps no other user waiting, and each is answered', async () => {
    const { server } = running();
    const authorization = `Bearer ${await signToken('mallory')}`;
    const ask = async (): Promise<void> => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: '{ apiKeys { id } providers { provider } }' }),
      });
      expect(response.status).toBe(200);
      await response.text();
    };
    const client = async (): Promise<void> => {
      for (let count = 0; count < 10; count++) await ask();
    };
    const all = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 200 }, client));
    };
    expect(await longestHoldDuring(all)).toBeLessThan(PATIENCE_MS);
  });

  it('of pings, in messages and in frames, keeps no other user waiting', async () => {
    const socket = await running().server.socket('mallory');
    const flood = async (): Promise<void> => {
      for (let count = 0; count < 200_000; count++) {
        socket.socket.ping();
        socket.send({ type: 'ping' });
        // As much at a time as the sockets between us hold.
        if (count % 2_000 === 0) expect((await fetch(`${running().server.url}/healthz`)).status).toBe(200);
      }
      const closed = new Promise((resolve) => socket.socket.once('close', resolve));
      socket.socket.close();
      await closed;
    };
    expect(await longestHoldDuring(flood)).toBeLessThan(PATIENCE_MS);
  });

  it.each([
    ['/healthz', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['nothing', 'GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['GraphQL', 'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])(
    'of requests that are sent ahead of each other, for %s, keeps no other user waiting',
    async (_, request) => {
      const client = connect(Number(new URL(running().server.url).port), '127.0.0.1');
      client.on('error', () => undefined).resume();
      const closed = new Promise((resolve) => client.once('close', resolve));
      const flood = async (): Promise<void> => {
        client.write(request.repeat(MANY));
        await closed;
      };
      expect(await longestHoldDuring(flood)).toBeLessThan(PATIENCE_MS);
    },
  );

  it('of requests for the longest report keeps no other user waiting', async () => {
    const { server } = running();
    const totals = '{ chats searches failures inputTokens outputTokens }';
    const range = 'from: "2016-01-01T00:00:00Z", to: "2026-01-08T00:00:00Z"';
    const ask = async (): Promise<void> => {
      const { usage } = await server.query(
        'mallory',
        `{ usage(${range}) { buckets { start totals ${totals} } } }`,
      );
      expect(usage.buckets).toHaveLength(3_660);
    };
    const all = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 20 }, ask));
    };
    expect(await longestHoldDuring(all)).toBeLessThan(PATIENCE_MS);
  });
});
