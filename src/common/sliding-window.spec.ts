import { generator } from '../../test/support/drawn-keys.js';
import { SlidingWindow, WINDOW_MS } from './sliding-window.js';

describe('a sliding window', () => {
  let now: number;
  beforeEach(() => (now = 0.1));
  const windowOf = (limit: number): SlidingWindow => new SlidingWindow(limit, () => now);

  it('lets through as many as its limit, and the next one when the first is a minute old', () => {
    const window = windowOf(2);
    expect(window.take('alice')).toBe(0);
    now += 1_000;
    expect(window.take('alice')).toBe(0);
    const wait = window.take('alice');
    expect(wait).toBe(WINDOW_MS - 1_000 + 1);
    now += wait;
    expect(window.take('alice')).toBe(0);
    expect(window.take('alice')).toBeGreaterThan(0);
  });

  it('remembers no more users than it has room for: those go that were not here for the longest time', () => {
    const window = new SlidingWindow(1, () => now, 3);
    for (let user = 0; user < 10_000; user += 1) window.take(String(user));
    expect(window.size).toBe(3);
    expect(window.take('9998')).toBeGreaterThan(0);
    expect(window.take('0')).toBe(0);
    expect(window.take('9997')).toBe(0);
  });

  it.each([1, 2, 3, 7, 30])(
    'never has more than %d in any minute, and returns a wait that is enough',
    (limit) => {
      const random = generator(limit);
      const window = windowOf(limit);
      const taken: number[] = [];
      let refused = 0;
      for (let round = 0; round < 5_000; round += 1) {
        // Floods, trickles, and pauses that are about as long as the window.
        now += random() * (random() < 0.98 ? WINDOW_MS / limit / 2 : WINDOW_MS * 1.2);
        const wait = window.take('alice');
        if (wait > 0) {
          refused += 1;
          expect(wait).toBeLessThanOrEqual(WINDOW_MS + 1);
          if (random() > 0.3) continue;
          now += wait;
          expect(window.take('alice')).toBe(0);
        }
        taken.push(now);
      }
      expect(refused).toBeGreaterThan(100);
      for (const [index, time] of taken.entries()) {
        const next = taken[index + limit];
        if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(WINDOW_MS);
      }
    },
  );

  it('asks for no longer wait than it must', () => {
    const window = windowOf(1);
    window.take('alice');
    now += WINDOW_MS;
    expect(window.take('alice')).toBe(0);
  });

  it('does not count what it refuses', () => {
    const window = windowOf(1);
    window.take('alice');
    now += WINDOW_MS / 2;
    const wait = window.take('alice');
    now += wait - 2;
    expect(window.take('alice')).toBe(2);
    now += 2;
    expect(window.take('alice')).toBe(0);
  });

  it('counts each user apart', () => {
    const window = windowOf(1);
    expect(window.take('alice')).toBe(0);
    expect(window.take('bob')).toBe(0);
    expect(window.take('alice')).toBeGreaterThan(0);
  });

  it('forgets users who did nothing for a minute', () => {
    const window = windowOf(3);
    for (let user = 0; user < 100; user += 1) window.take(`user ${user}`);
    now += WINDOW_MS / 2;
    window.take('user 7');
    expect(window.size).toBe(100);
    now += WINDOW_MS / 2;
    window.take('alice');
    expect(window.size).toBe(2);
  });

  it('counts what was allowed elsewhere by when it was, reported in any order', () => {
    const window = windowOf(2);
    now = 5_000;
    window.record('alice', 4_000);
    window.record('alice', 2_000);
    expect(window.waitOf('alice')).toBe(WINDOW_MS - 3_000 + 1);
    window.record('alice', 3_000);
    expect(window.waitOf('alice')).toBe(WINDOW_MS - 2_000 + 1);
  });
});
