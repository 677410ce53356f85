import { jest } from '@jest/globals';
import { CHAT, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

jest.setTimeout(180_000);

const MANY = 10_000;
/** The most that anybody waits meanwhile; a machine that runs other suites beside this one takes its part of it. */
const PATIENCE_MS = 2_000;

describe('a user who asks for ten thousand things in a row', () => {
  const running = useServerProcess();

  /** How long others wait for their answers, again and again until the work is done. */
  async function longestWaitDuring(work: Promise<unknown>, ask: () => Promise<unknown>): Promise<number> {
    let isDone = false;
    void work.finally(() => (isDone = true)).catch(() => undefined);
    let longest = 0;
    while (!isDone) {
      const start = performance.now();
      await ask();
      longest = Math.max(longest, performance.now() - start);
    }
    await work;
    return longest;
  }

  const askHealth = async () => {
    const response = await fetch(`${running().server.url}/healthz`);
    expect(response.status).toBe(200);
    await response.text();
  };

  it.each([
    ['subscriptions that are refused', 'subscription { chat(input: { messages: [] }) { seq } }'],
    ['subscriptions without a key', CHAT],
    ['documents that do not validate', `subscription { ${'nothing '.repeat(100)} }`],
  ])('of %s keeps nobody waiting, and none is left out', async (_, query) => {
    const socket = await running().server.socket('mallory');
    const variables = { input: { messages: [{ role: 'USER', content: 'Hello' }] } };
    for (let count = 0; count < MANY; count++) socket.subscribe(String(count), query, variables);
    const ended = new Set<string>();
    const answers = (async () => {
      while (ended.size < MANY) {
        const { id, type, payload } = await socket.next();
        if (type === 'complete' || type === 'error') ended.add(id as string);
        const errors = type === 'error' ? payload : (payload?.errors ?? []);
        for (const { extensions } of errors) expect(extensions.code).not.toMatch(/LIMITED|UNAVAILABLE|INTERNAL/);
      }
    })();
    expect(await longestWaitDuring(answers, askHealth)).toBeLessThan(PATIENCE_MS);
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    socket.socket.terminate();
  });

  it('of queries keeps other users waiting for a turn only', async () => {
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
    const all = Promise.all(Array.from({ length: 200 }, client));
    const longest = await longestWaitDuring(all, async () => {
      expect(await server.query('alice', '{ viewer { id } }')).toEqual({ viewer: { id: 'alice' } });
    });
    expect(longest).toBeLessThan(PATIENCE_MS);
  });

  it('of pings, in messages and in frames, keeps nobody waiting', async () => {
    const socket = await running().server.socket('mallory');
    const flood = (async () => {
      for (let count = 0; count < 200_000; count++) {
        socket.socket.ping();
        socket.send({ type: 'ping' });
        if (count % 2_000 === 0) await askHealth();
      }
      const heard = new Promise((resolve) => socket.socket.once('close', resolve));
      socket.socket.close();
      await heard;
    })();
    expect(await longestWaitDuring(flood, askHealth)).toBeLessThan(PATIENCE_MS);
  });
});
