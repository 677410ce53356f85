import { failureOf } from '../../test/support/collect.js';
import type { LimitsConfig } from '../config/limits.js';
import { Limits } from './limits.service.js';
import type { Slot } from './slot.js';

const off: LimitsConfig = {
  streamsPerUser: 0,
  streamsPerServer: 0,
  chatsPerMinute: 0,
  searchesPerMinute: 0,
  keyChangesPerMinute: 0,
};

let now: number;
beforeEach(() => (now = 0));
const limitsOf = (config: Partial<LimitsConfig>): Limits =>
  new Limits({ ...off, ...config }, null, () => now);

const operations = [
  ['chats', 'chatsPerMinute', 'countChat'],
  ['searches', 'searchesPerMinute', 'countSearch'],
  ['key changes', 'keyChangesPerMinute', 'countKeyChange'],
] as const;

describe.each(operations)('the limit on %s', (_, variable, count) => {
  it('refuses with the time after which a retry succeeds', async () => {
    const limits = limitsOf({ [variable]: 2 });
    await limits[count]('alice');
    now = 10_000;
    await limits[count]('alice');
    const error = await failureOf(limits[count]('alice'));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAfterMs: 50_001 });
    await limits[count]('bob');
    now += 50_001;
    await limits[count]('alice');
  });

  it('counts nothing else', async () => {
    const limits = limitsOf({ chatsPerMinute: 1, searchesPerMinute: 1, keyChangesPerMinute: 1 });
    for (const [, , each] of operations) await limits[each]('alice');
    expect(await failureOf(limits[count]('alice'))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is off at 0', async () => {
    const limits = limitsOf({});
    for (let round = 0; round < 1_000; round += 1) await limits[count]('alice');
  });
});

describe('the limit on streams at once', () => {
  const full = { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 1_000 };

  it('holds for each user, and a stream that ends makes room for one', async () => {
    const limits = limitsOf({ streamsPerUser: 2 });
    const first = await limits.reserveStream('alice', null);
    await limits.reserveStream('alice', 'a connection');
    expect(await failureOf(limits.reserveStream('alice', null))).toMatchObject(full);
    await limits.reserveStream('bob', null);
    first.release();
    await limits.reserveStream('alice', null);
    expect(await failureOf(limits.reserveStream('alice', null))).toMatchObject(full);
  });

  it('holds for each connection', async () => {
    const limits = limitsOf({ streamsPerUser: 2 });
    const first = await limits.reserveStream('alice', 'a connection');
    await limits.reserveStream('bob', 'a connection');
    expect(await failureOf(limits.reserveStream('carol', 'a connection'))).toMatchObject(full);
    await limits.reserveStream('carol', 'another');
    first.release();
    await limits.reserveStream('carol', 'a connection');
  });

  it('holds for the server', async () => {
    const limits = limitsOf({ streamsPerServer: 2 });
    const first = await limits.reserveStream('alice', null);
    await limits.reserveStream('bob', null);
    expect(await failureOf(limits.reserveStream('carol', null))).toMatchObject(full);
    first.release();
    await limits.reserveStream('carol', null);
  });

  it('takes the place before anything is waited for', async () => {
    const limits = limitsOf({ streamsPerUser: 2 });
    const opened = await Promise.allSettled(
      Array.from({ length: 100 }, () => limits.reserveStream('alice', 'a connection')),
    );
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(limits.openStreams).toBe(2);
  });

  it('gives a place back once, however often the stream ends', async () => {
    const limits = limitsOf({ streamsPerUser: 2 });
    const slot = await limits.reserveStream('alice', 'a connection');
    await limits.reserveStream('alice', 'a connection');
    slot.release();
    slot.release();
    await limits.reserveStream('alice', 'a connection');
    expect(await failureOf(limits.reserveStream('alice', 'a connection'))).toMatchObject(full);
    expect(limits.openStreams).toBe(2);
  });

  it('comes back to nothing when all have ended, those that were refused too', async () => {
    const limits = limitsOf({ streamsPerUser: 3, streamsPerServer: 5 });
    const opened = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => limits.reserveStream(`user ${index % 4}`, `${index % 3}`)),
    );
    const slots: Slot[] = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(slots).toHaveLength(5);
    for (const slot of slots) slot.release();
    expect(limits.openStreams).toBe(0);
    for (let count = 0; count < 3; count += 1) await limits.reserveStream('user 0', '0');
  });

  it('is off at 0', async () => {
    const limits = limitsOf({});
    for (let round = 0; round < 1_000; round += 1) await limits.reserveStream('alice', 'a connection');
    expect(limits.openStreams).toBe(1_000);
  });
});
