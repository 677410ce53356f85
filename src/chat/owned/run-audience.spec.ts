import { jest } from '@jest/globals';
import { passTime } from '../../../test/support/pass-time.js';
import type { ChatEvent, TerminalEvent } from '../run/chat-event.js';
import { RunAudience } from './run-audience.js';
import { RunLog } from '../run/run-log.js';

const GRACE_MS = 1_000;

const event = (seq: number): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text: 'x',
});

describe('RunAudience', () => {
  const opened: RunAudience[] = [];
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    for (const audience of opened.splice(0)) audience.close();
    jest.useRealTimers();
  });

  /** An audience of a run that has written one event; what it asks for is noted. */
  function setUp({ graceMs = GRACE_MS, canBeJoined = false, log = new RunLog() } = {}) {
    log.append(event(1));
    log.show(1);
    const asked: string[] = [];
    const state: { isWatchedElsewhere: boolean | Promise<boolean> } = { isWatchedElsewhere: false };
    const end = Promise.resolve<TerminalEvent>({
      __typename: 'ChatCancelled',
      chatId: 'chat',
      seq: 2,
      usage: null,
    });
    const note = <Result>(what: string, result: Result): Result => {
      asked.push(what);
      return result;
    };
    const audience = new RunAudience({
      run: { begin: () => note('begin', end), cancel: () => note('cancel', end) },
      log,
      graceMs,
      canBeJoined,
      cursorElsewhere: async () => ((await state.isWatchedElsewhere) ? 1 : null),
      onStop: () => note('stop', undefined),
      onEmpty: () => note('empty', undefined),
    });
    opened.push(audience);
    return { audience, log, asked, state };
  }

  const connection = (): AbortController => new AbortController();

  it('begins the run when a watcher has taken ChatStarted and wants more', () => {
    const { audience, asked } = setUp();
    const watch = audience.join(0, connection().signal);
    watch.take();
    expect(asked).toEqual([]);
    watch.take();
    expect(asked).toEqual(['begin']);
  });

  it('stops the run at once for a watcher that unsubscribes, also where others watch', () => {
    const { audience, asked } = setUp();
    const watch = audience.join(0, connection().signal);
    void audience.join(0, connection().signal);
    watch.leave();
    expect(asked).toEqual(['stop']);
  });

  it('waits for a client that is lost as long as the grace time, then gives the run up', async () => {
    const { audience, asked } = setUp();
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    watch.take();
    lost.abort();
    watch.leave();
    await passTime(GRACE_MS - 1);
    expect(asked).toEqual(['empty', 'begin']);
    await passTime(1);
    expect(asked).toEqual(['empty', 'begin', 'cancel']);
  });

  it('stops that wait when a client comes back', async () => {
    const { audience, asked } = setUp();
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    watch.take();
    lost.abort();
    watch.leave();
    await passTime(GRACE_MS - 1);
    audience.join(1, connection().signal);
    await passTime(GRACE_MS * 100);
    expect(asked).not.toContain('cancel');
  });

  it('does not wait with a grace time of 0', async () => {
    const { audience, asked } = setUp({ graceMs: 0 });
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    watch.take();
    lost.abort();
    watch.leave();
    await passTime(0);
    expect(asked).toEqual(['empty', 'cancel']);
  });

  it('gives up at once a chat that no client can come back to: its id was not sent', () => {
    const { audience, asked } = setUp();
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    lost.abort();
    watch.leave();
    expect(asked).toEqual(['empty', 'cancel']);
  });

  it('begins it all the same where its request id leads back to it', () => {
    const { audience, asked } = setUp({ canBeJoined: true });
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    lost.abort();
    watch.leave();
    expect(asked).toEqual(['empty', 'begin']);
  });

  it('goes on while it is watched elsewhere, and waits again from when it is not', async () => {
    const { audience, asked, state } = setUp();
    state.isWatchedElsewhere = true;
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    watch.take();
    lost.abort();
    watch.leave();
    await passTime(GRACE_MS * 100);
    expect(asked).not.toContain('cancel');
    // A server that dies does not say that its watchers are gone.
    state.isWatchedElsewhere = false;
    await passTime(2_000);
    await passTime(GRACE_MS);
    expect(asked).toContain('cancel');
  });

  it('waits from the moment when the last one elsewhere says that it leaves', async () => {
    const { audience, asked, state } = setUp();
    state.isWatchedElsewhere = true;
    const lost = connection();
    const watch = audience.join(0, lost.signal);
    watch.take();
    lost.abort();
    watch.leave();
    await passTime(GRACE_MS + 100);
    state.isWatchedElsewhere = false;
    audience.leftElsewhere();
    await passTime(GRACE_MS - 1);
    expect(asked).not.toContain('cancel');
    await passTime(1);
    expect(asked).toContain('cancel');
  });

  it('lets the run go on for the other watchers when the slowest leaves', () => {
    const log = new RunLog({ maxBytes: 100_000, maxAheadBytes: 100 });
    const { audience } = setUp({ log });
    const lost = connection();
    const slow = audience.join(0, lost.signal);
    const fast = audience.join(0, connection().signal);
    fast.take();
    fast.take();
    expect(log.hasRoom).toBe(false);
    lost.abort();
    slow.leave();
    expect(log.hasRoom).toBe(true);
  });

  it('keeps for a watcher that joins what it has not taken, before it asks for it', () => {
    const log = new RunLog({ maxBytes: 1_000, maxAheadBytes: 100_000 });
    const { audience } = setUp({ log });
    const lost = connection();
    const first = audience.join(0, lost.signal);
    first.take();
    first.take();
    lost.abort();
    first.leave();
    const second = audience.join(0, connection().signal);
    for (let seq = 2; seq <= 20; seq += 1) log.append(event(seq));
    expect(second.take()).toEqual(event(1));
  });

  it('waits anew for a client that comes and is lost while the others are asked', async () => {
    const { audience, asked, state } = setUp();
    const leave = (): void => {
      const lost = connection();
      const watch = audience.join(0, lost.signal);
      watch.take();
      lost.abort();
      watch.leave();
    };
    leave();
    let answer = (_: boolean): void => undefined;
    state.isWatchedElsewhere = new Promise((resolve) => (answer = resolve));
    await passTime(GRACE_MS);
    leave();
    answer(false);
    state.isWatchedElsewhere = false;
    await passTime(GRACE_MS - 1);
    expect(asked).not.toContain('cancel');
    await passTime(1);
    expect(asked).toContain('cancel');
  });

  it('asks for nothing when its watcher has seen the end', async () => {
    const { audience, log, asked } = setUp();
    log.complete();
    audience.close();
    const watch = audience.join(0, connection().signal);
    expect(watch.take()).toEqual(event(1));
    expect(watch.take()).toBeNull();
    await passTime(GRACE_MS * 10);
    expect(asked).toEqual(['empty']);
  });
});
