import { jest } from '@jest/globals';
import { follow, type Visibility } from './follow';

class Page extends EventTarget implements Visibility {
  hidden = false;
  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

describe('follow', () => {
  let page: Page;
  let looks: number;
  let isAway: boolean;
  let waits: (number | null)[];
  let end: () => void;
  beforeEach(() => {
    jest.useFakeTimers();
    page = new Page();
    looks = 0;
    isAway = false;
    waits = [];
    const look = (): Promise<void> => {
      looks += 1;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    end = follow(look, (wait) => waits.push(wait), page);
  });
  afterEach(() => {
    end();
    jest.useRealTimers();
  });
  const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1_000);

  it('looks every three seconds', async () => {
    await pass(10);
    expect(looks).toBe(3);
  });

  it('waits longer after each failure, up to a minute, and says so', async () => {
    isAway = true;
    await pass(3);
    expect([looks, waits]).toEqual([1, [6_000]]);
    await pass(6);
    expect([looks, waits]).toEqual([2, [6_000, 12_000]]);
    await pass(300);
    expect(waits.at(-1)).toBe(60_000);
    isAway = false;
    await pass(60);
    expect(waits.at(-1)).toBeNull();
    const before = looks;
    await pass(9);
    expect(looks).toBe(before + 3);
  });

  it('rests while the page cannot be seen, and looks at once when it can be again', async () => {
    page.show(false);
    await pass(60);
    expect(looks).toBe(0);
    page.show(true);
    await pass(0);
    expect(looks).toBe(1);
    await pass(3);
    expect(looks).toBe(2);
  });

  it('does not begin a second time while it looks', async () => {
    end();
    const begun: AbortSignal[] = [];
    end = follow(
      (signal) => {
        begun.push(signal);
        return new Promise(() => undefined);
      },
      () => undefined,
      page,
    );
    await pass(3);
    page.show(false);
    page.show(true);
    await pass(30);
    expect(begun).toHaveLength(1);
    end();
    expect(begun[0]?.aborted).toBe(true);
  });

  it('ends', async () => {
    end();
    page.show(true);
    await pass(60);
    expect(looks).toBe(0);
  });
});
