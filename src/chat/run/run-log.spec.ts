import { ChatNotFoundError } from './chat.errors.js';
import type { ChatEvent } from './chat-event.js';
import { RunLog } from './run-log.js';

const NEVER = new AbortController().signal;

const delta = (seq: number, text = 'x'): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text,
});

/** A log with events from 1 on, all of them shown. */
function logOf(count: number, text = 'x', log = new RunLog()): RunLog {
  for (let seq = log.lastSeq + 1; seq <= count; seq += 1) log.append(delta(seq, text));
  log.show(count);
  return log;
}

const numbersOf = (events: readonly ChatEvent[]): number[] => events.map(({ seq }) => seq);

describe('RunLog', () => {
  it('gives what comes after a number, once shown', () => {
    const log = logOf(3);
    log.append(delta(4));
    expect(numbersOf(log.read(1).events)).toEqual([2, 3]);
    expect(numbersOf(log.read(3).events)).toEqual([]);
    log.show(4);
    expect(numbersOf(log.read(1).events)).toEqual([2, 3, 4]);
  });

  it('says when nothing more will come: not before its last event is shown', () => {
    const log = logOf(2);
    log.append(delta(3));
    log.complete();
    expect(log.read(1)).toMatchObject({ isLast: false });
    log.show(3);
    expect(log.read(1)).toMatchObject({ isLast: true });
    expect(log.read(3)).toEqual({ events: [], isLast: true });
    expect(log.read(100)).toEqual({ events: [], isLast: true });
  });

  it('gives a watcher that is far behind a part at a time', () => {
    const { events, isLast } = logOf(2_500).read(0);
    expect(events).toHaveLength(1_000);
    expect(isLast).toBe(false);
  });

  it('packs what every watcher has taken, and all but the last events where there is none', () => {
    const event = delta(1);
    const log = new RunLog();
    log.append(event);
    logOf(40, 'x', log);
    expect(log.read(0).events[0]).toBe(event);
    log.take(40);
    expect(log.read(0).events[0]).not.toBe(event);
    expect(log.read(0).events[0]).toEqual(event);

    log.take(Infinity);
    const next = delta(41);
    log.append(next);
    logOf(80, 'x', log);
    expect(log.read(40).events[0]).not.toBe(next);
  });

  it('calls a waiter back when something is shown, and when it is complete: once', () => {
    const log = logOf(1);
    let calls = 0;
    const onMore = (): void => void (calls += 1);
    log.wait(onMore);
    log.append(delta(2));
    expect(calls).toBe(0);
    log.show(2);
    expect(calls).toBe(1);
    log.append(delta(3));
    log.show(3);
    expect(calls).toBe(1);
    log.wait(onMore);
    log.complete();
    expect(calls).toBe(2);
  });

  it('calls back no waiter that has stopped waiting, and none twice that waits again when called', () => {
    const log = logOf(1);
    const calls: string[] = [];
    const stays = (): void => {
      calls.push('stays');
      log.wait(stays);
    };
    const leaves = (): void => void calls.push('leaves');
    log.wait(stays);
    log.wait(leaves);
    log.stopWaiting(leaves);
    log.append(delta(2));
    log.show(2);
    expect(calls).toEqual(['stays']);
  });

  it('has room until the slowest watcher is too far behind, and again when it has caught up', async () => {
    const log = logOf(4, 'x'.repeat(1_000), new RunLog({ maxBytes: 100_000, maxAheadBytes: 3_000 }));
    expect(log.hasRoom).toBe(false);
    const room = log.room(NEVER);
    log.take(1);
    expect(log.hasRoom).toBe(false);
    log.take(3);
    await room;
    expect(log.room(NEVER)).toBeNull();
  });

  it('drops what all watchers have taken, when it is too much, and nothing else', () => {
    const log = new RunLog({ maxBytes: 20_000, maxAheadBytes: 10_000 });
    logOf(50, 'x'.repeat(1_000), log);
    expect(log.firstSeq).toBe(1);
    log.take(45);
    expect(log.firstSeq).toBeGreaterThan(30);
    expect(log.bytes).toBeLessThanOrEqual(20_000);
    expect(numbersOf(log.read(45).events)).toEqual([46, 47, 48, 49, 50]);
    expect(() => log.read(2)).toThrow(ChatNotFoundError);
    logOf(200, 'x'.repeat(1_000), log);
    expect(numbersOf(log.read(45).events)[0]).toBe(46);
  });

  it('keeps what is not shown yet, however much it is', () => {
    const log = new RunLog({ maxBytes: 1_000, maxAheadBytes: 1_000 });
    for (let seq = 1; seq <= 50; seq += 1) log.append(delta(seq, 'x'.repeat(1_000)));
    log.take(50);
    expect(log.firstSeq).toBe(1);
  });

  it('gives the writer of another log as much as it asks for, and at least one event', () => {
    const log = logOf(10, 'x'.repeat(1_000));
    expect(numbersOf(log.after(2, 2_500))).toEqual([3, 4]);
    expect(numbersOf(log.after(2, 1))).toEqual([3]);
    expect(log.after(10, 1)).toEqual([]);
  });
});
