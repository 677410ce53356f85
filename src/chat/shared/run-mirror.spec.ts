import { jest } from '@jest/globals';
import { passTime } from '../../../test/support/pass-time.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ChatEvent } from '../chat-event.js';
import { RunLog } from '../run-log.js';
import { RunMirror } from './run-mirror.js';
import type { EventsToWrite, RunStore } from './run-store.js';
import { FENCED, WRITTEN } from './shared-scripts.js';

const attempt = { provider: 'OPENAI', model: 'm', keySource: 'USER', keyId: null, maskedKey: null } as const;

const delta = (seq: number, text: string): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text,
});

const cancelled = (seq: number): ChatEvent => ({
  __typename: 'ChatCancelled',
  chatId: 'chat',
  seq,
  usage: null,
});

/** A mirror of a log with one event, and a Redis that answers as it is told. */
function start(onWrite: (lastSeq: number) => void = () => undefined) {
  const log = new RunLog();
  log.append(delta(1, 'one'));
  let answer: number | null = WRITTEN;
  const elsewhere: ChatEvent[] = [];
  let fences = 0;
  const mirror = new RunMirror({
    shared: {
      isReady: true,
      writeEvents: (_, { events }) => {
        onWrite(events.at(-1)?.seq ?? 0);
        return answer === null ? Promise.reject(new RedisUnavailableError()) : Promise.resolve(answer);
      },
      readEvents: (_userId, _chatId, afterSeq) =>
        Promise.resolve({ events: elsewhere.filter(({ seq }) => seq > afterSeq), isLast: true }),
    },
    runKey: 'run',
    userId: 'alice',
    run: { chatId: 'chat', attempt },
    log,
    claim: null,
    onFenced: () => {
      fences += 1;
      log.append(cancelled(log.lastSeq + 1));
      log.complete();
      return Promise.resolve();
    },
    onDone: () => undefined,
  });
  return {
    log,
    mirror,
    elsewhere,
    fences: () => fences,
    /** What Redis answers from now on; null: nothing. */
    redisAnswers: (given: number | null) => (answer = given),
    shown: () => log.read(0).events,
  };
}

const LONG = 'x'.repeat(100);

describe('RunMirror', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('shows events when Redis has them', async () => {
    const { log, mirror, shown } = start();
    expect(shown()).toEqual([]);
    await mirror.write();
    expect(shown()).toEqual([delta(1, 'one')]);
    log.append(delta(2, 'two'));
    expect(shown()).toHaveLength(1);
    await mirror.write();
    expect(shown()).toHaveLength(2);
  });

  it('shows the end that another server gave the run, and nothing that Redis does not have', async () => {
    const { log, mirror, elsewhere, fences, redisAnswers, shown } = start();
    await mirror.write();
    log.append(delta(2, 'never shown'));
    elsewhere.push(cancelled(2));
    redisAnswers(FENCED);
    await mirror.write();
    expect(fences()).toBe(1);
    expect(log.read(0)).toEqual({ events: [delta(1, 'one'), cancelled(2)], isLast: true });
    expect(shown()).toEqual(log.after(0, Infinity));
    expect(mirror.isDone).toBe(true);
  });

  it('keeps its own end where Redis has none that could take its place', async () => {
    const { log, mirror, redisAnswers, shown } = start();
    await mirror.write();
    log.append(delta(2, 'two'));
    redisAnswers(FENCED);
    await mirror.write();
    expect(log.read(0)).toEqual({ events: [delta(1, 'one'), delta(2, 'two'), cancelled(3)], isLast: true });
    expect(shown()).toHaveLength(3);
    expect(mirror.isDone).toBe(true);
  });

  it('shows that it is there when it is asked, but not again at once', async () => {
    const writes: number[] = [];
    const { mirror } = start((seq) => writes.push(seq));
    await mirror.write();
    await mirror.show();
    expect(writes).toEqual([1]);
    jest.advanceTimersByTime(1_001);
    await Promise.all([mirror.show(), mirror.show()]);
    expect(writes).toEqual([1, 1, 1]);
    await mirror.show();
    expect(writes).toHaveLength(3);
  });

  it('waits a moment for a Redis that is away before it goes on without it', async () => {
    const { log, mirror, redisAnswers, shown } = start();
    await mirror.write();
    redisAnswers(null);
    log.append(delta(2, 'two'));
    await mirror.write();
    expect(shown()).toHaveLength(1);
    await passTime(1_999);
    expect(shown()).toHaveLength(1);
    await passTime(1);
    expect(shown()).toHaveLength(2);
    log.append(delta(3, 'three'));
    await mirror.write();
    expect(shown()).toHaveLength(3);
  });

  it('learns from a Redis that comes back in time that the run was ended meanwhile', async () => {
    const { log, mirror, elsewhere, redisAnswers, shown } = start();
    await mirror.write();
    redisAnswers(null);
    log.append(delta(2, 'never shown'));
    await mirror.write();
    elsewhere.push(cancelled(2));
    redisAnswers(FENCED);
    await mirror.write();
    await passTime(2_000);
    expect(shown()).toEqual([delta(1, 'one'), cancelled(2)]);
  });

  it('goes on at once without a Redis that has never had anything of the run', async () => {
    const { mirror, redisAnswers, shown } = start();
    redisAnswers(null);
    await mirror.write();
    expect(shown()).toHaveLength(1);
  });

  it('keeps to what it has shown while Redis was away, whatever another server says', async () => {
    const { log, mirror, elsewhere, redisAnswers, shown } = start();
    await mirror.write();
    redisAnswers(null);
    log.append(delta(2, 'shown'));
    await mirror.write();
    await passTime(2_000);
    elsewhere.push(cancelled(2));
    redisAnswers(FENCED);
    await mirror.write();
    expect(shown()).toEqual([delta(1, 'one'), delta(2, 'shown'), cancelled(3)]);
  });

  it('goes on where the log begins when what Redis missed is no longer kept, and writes the end', async () => {
    const log = new RunLog({ maxBytes: 1_000, maxAheadBytes: 1_000_000 });
    const written: EventsToWrite[] = [];
    let isReady = true;
    let isDone = false;
    const shared = {
      get isReady() {
        return isReady;
      },
      writeEvents: (_: string, events: EventsToWrite) => {
        written.push(events);
        return Promise.resolve(WRITTEN);
      },
    } as unknown as RunStore;
    const mirror = new RunMirror({
      shared,
      runKey: 'key',
      userId: 'alice',
      run: { chatId: 'chat', attempt },
      log,
      claim: null,
      onFenced: () => Promise.resolve(),
      onDone: () => (isDone = true),
    });
    log.append(delta(1, LONG));
    await mirror.write();
    isReady = false;
    await mirror.write();
    await passTime(2_000);
    for (let seq = 2; seq <= 50; seq += 1) {
      log.append(delta(seq, LONG));
      await mirror.write();
      log.take(seq);
    }
    log.append(cancelled(51));
    log.complete();
    expect(log.firstSeq).toBeGreaterThan(2);
    isReady = true;
    await mirror.write();
    const numbers = written.at(-1)!.events.map(({ seq }) => seq);
    expect([numbers[0], numbers.at(-1)]).toEqual([log.firstSeq, 51]);
    expect(written.at(-1)).toMatchObject({ isEnd: true, keepFrom: log.firstSeq });
    expect(isDone).toBe(true);
  });
});
