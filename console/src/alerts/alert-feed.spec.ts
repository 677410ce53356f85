import { jest } from '@jest/globals';
import { AlertFeed, type AlertSource } from './alert-feed';
import type { AlertList, KeyAlert } from './alert-list';

const alert = (number: number): KeyAlert =>
  ({ id: String(number).padStart(6, '0'), acknowledgedAt: null }) as KeyAlert;

describe('AlertFeed', () => {
  let history: number[];
  let failure: unknown;
  /** Pages that were asked for. */
  let asked: number;
  /** Keeps the pages that are asked for from coming; null: they come at once. */
  let held: Promise<void> | null;
  let connect: () => void;
  /** Of the subscription that is open. */
  let send: (alert: KeyAlert) => void;
  let fail: (error: unknown) => void;
  let begun: number;
  let ended: number;
  let waits: number[];
  /** How long a pause is, in milliseconds. */
  let wait: (attempts: number) => number;
  let source: AlertSource;
  let feed: AlertFeed;
  beforeEach(() => {
    jest.useFakeTimers();
    history = [2, 1];
    failure = null;
    wait = (attempts) => attempts;
    [asked, begun, ended, waits, held] = [0, 0, 0, [], null];
    source = {
      fetchPage: async (after): Promise<AlertList> => {
        asked += 1;
        if (held) await held;
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as graphql-ws hands on errors
        if (failure) throw failure;
        return { alerts: after === null ? history.map(alert) : [], older: after === null ? 'more' : null };
      },
      subscribe: (onAlert, onEnd) => {
        begun += 1;
        [send, fail] = [onAlert, onEnd];
        return () => (ended += 1);
      },
      onConnected: (listener) => {
        connect = listener;
        return () => undefined;
      },
      wait: (attempts, signal) => {
        waits.push(attempts);
        return new Promise((resolve) => {
          setTimeout(resolve, wait(attempts));
          signal.addEventListener('abort', () => resolve());
        });
      },
    };
    feed = new AlertFeed(source);
    feed.open();
  });
  afterEach(() => {
    feed.close();
    jest.useRealTimers();
  });
  const beginAnew = (): void => {
    feed.close();
    feed = new AlertFeed(source);
    feed.open();
  };
  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(50);
  const minutes = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * 60_000);
  const shown = (): number[] => feed.state().list.alerts.map(({ id }) => Number(id));
  const news = (): number[] => feed.state().news.map(({ id }) => Number(id));

  it('shows the history, of which nothing is news, and what comes', async () => {
    await settle();
    expect([shown(), news(), feed.state().isLoading]).toEqual([[2, 1], [], false]);
    send(alert(3));
    expect([shown(), news()]).toEqual([[3, 2, 1], [3]]);
  });

  it('catches up when the connection is there again, with nothing twice', async () => {
    await settle();
    send(alert(3));
    history = [5, 4, 3, 2, 1];
    connect();
    await settle();
    expect([shown(), news()]).toEqual([
      [5, 4, 3, 2, 1],
      [5, 4],
    ]);
    send(alert(5));
    expect([shown(), news()]).toEqual([
      [5, 4, 3, 2, 1],
      [5, 4],
    ]);
  });

  it('looks once more for what was raised before the subscription had begun', async () => {
    await settle();
    connect();
    await settle();
    history = [3, 2, 1];
    await jest.advanceTimersByTimeAsync(5_000);
    expect([shown(), news()]).toEqual([[3, 2, 1], [3]]);
  });

  it('keeps what it shows where the server is away while it catches up', async () => {
    await settle();
    failure = new Error('away');
    connect();
    await settle();
    expect([shown(), feed.state().error]).toEqual([[2, 1], null]);
    history = [3, 2, 1];
    failure = null;
    await settle();
    expect(shown()).toEqual([3, 2, 1]);
    expect(waits[0]).toBe(0);
  });

  it('says why there is no history, and loads it when it is told to', async () => {
    failure = new Error('away');
    beginAnew();
    await settle();
    expect(feed.state().error).toBe(failure);
    failure = null;
    connect();
    await settle();
    expect([shown(), news(), feed.state().error]).toEqual([[2, 1], [], null]);
    await feed.load();
    expect([shown(), feed.state().error]).toEqual([[2, 1], null]);
  });

  it('subscribes again whenever that ends, later each time, and catches up', async () => {
    await settle();
    history = [3, 2, 1];
    fail([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    await settle();
    expect([begun, waits, shown()]).toEqual([2, [0], [3, 2, 1]]);
    fail(null);
    await settle();
    expect([begun, waits]).toEqual([3, [0, 1]]);
    send(alert(4));
    fail(null);
    await settle();
    expect([begun, waits]).toEqual([4, [0, 1, 0]]);
  });

  it('leaves it at that where the token may not see alerts', async () => {
    fail([{ extensions: { code: 'FORBIDDEN' } }]);
    await settle();
    expect([begun, waits]).toEqual([1, []]);
  });

  it('asks for the history once where the token may not see alerts, whatever happens then', async () => {
    [asked, failure] = [0, [{ extensions: { code: 'FORBIDDEN' } }]];
    beginAnew();
    for (let count = 0; count < 20; count += 1) {
      connect();
      void feed.catchUp();
      await settle();
    }
    await minutes(10);
    expect([asked, feed.state().error]).toEqual([1, failure]);
  });

  it('waits for one attempt at a time while the server is away, which a further call brings forward', async () => {
    await settle();
    [asked, failure] = [0, new Error('away')];
    wait = () => 60_000;
    void feed.catchUp();
    await settle();
    for (let count = 0; count < 20; count += 1) {
      void feed.catchUp();
      await settle();
    }
    expect(asked).toBe(21);
    await minutes(10);
    expect(asked).toBe(31);
    failure = null;
    await minutes(10);
    expect(asked).toBe(32);
  });

  it('catches up once more where that is wanted while it is doing so', async () => {
    await settle();
    let arrive: () => void = () => undefined;
    held = new Promise((resolve) => (arrive = resolve));
    asked = 0;
    for (let count = 0; count < 5; count += 1) void feed.catchUp();
    await settle();
    expect(asked).toBe(1);
    arrive();
    await settle();
    expect(asked).toBe(2);
  });

  it.each([null, new Error('It took too long.')])(
    'catches up after the page that is wanted has come, or has not: %s',
    async (reason) => {
      await settle();
      let arrive: () => void = () => undefined;
      held = new Promise((resolve) => (arrive = resolve));
      void feed.loadOlder();
      connect();
      await settle();
      history = [3, 2, 1];
      failure = reason;
      arrive();
      await settle();
      failure = null;
      await settle();
      expect([shown(), feed.state().error]).toEqual([[3, 2, 1], null]);
    },
  );

  it('catches up where the history did not come at first', async () => {
    failure = new Error('It took too long.');
    let arrive: () => void = () => undefined;
    held = new Promise((resolve) => (arrive = resolve));
    beginAnew();
    connect();
    arrive();
    await settle();
    expect(feed.state().isLoading).toBe(false);
    [failure, held] = [null, null];
    await settle();
    expect([shown(), feed.state().error]).toEqual([[2, 1], null]);
  });

  it('ends the subscription when it is closed, and begins no other', async () => {
    feed.close();
    fail(null);
    await settle();
    expect([begun, ended]).toEqual([1, 1]);
  });

  it('shows an alert as acknowledged, which is no news', async () => {
    await settle();
    feed.update({ ...alert(2), acknowledgedAt: 'now' });
    expect(feed.state().list.alerts[0]).toEqual({ ...alert(2), acknowledgedAt: 'now' });
    expect(news()).toEqual([]);
  });
});
