import { jest } from '@jest/globals';
import { passTime } from '../../../test/support/pass-time.js';
import { describeError } from '../../common/describe-error.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import { RunLostError } from '../run/chat.errors.js';
import type { ChatEvent, TerminalEvent } from '../run/chat-event.js';
import { RunLog } from '../run/run-log.js';
import { RunMirror } from './run-mirror.js';
import type { RunStore } from './run-store.js';
import type { EventsToWrite, RunWriter } from './run-writer.js';
import { CLAIMED, FENCED, WRITTEN } from './shared-scripts.js';

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

const completed = (seq: number): ChatEvent => ({
  __typename: 'ChatCompleted',
  chatId: 'chat',
  seq,
  usage: null,
  finishReason: 'STOP',
  schemaValid: null,
  timings: { keyResolutionMs: 0, timeToFirstTokenMs: 0, totalMs: 0 },
});

const lost = (seq: number): TerminalEvent => ({
  __typename: 'ChatFailed',
  chatId: 'chat',
  seq,
  error: describeError(new RunLostError()),
  usage: null,
});

/** A mirror of a log with one event, and a Redis whose answers the test chooses. */
function start(onWrite: (lastSeq: number) => void = () => undefined) {
  const log = new RunLog();
  log.append(delta(1, 'one'));
  const end = (event: ChatEvent): void => {
    log.append(event);
    log.complete();
  };
  let answer: number | null = WRITTEN;
  let isReady = true;
  const claim = { name: 'claim', sealed: 'sealed' };
  const elsewhere: ChatEvent[] = [];
  const written: EventsToWrite[] = [];
  let fences = 0;
  let isLeft = false;
  const writer = {
    write: (given: EventsToWrite) => {
      written.push(given);
      onWrite(given.events.at(-1)?.seq ?? 0);
      return answer === null ? Promise.reject(new RedisUnavailableError()) : Promise.resolve(answer);
    },
    leave: () => (isLeft = true),
  } as unknown as RunWriter;
  const mirror = new RunMirror({
    shared: {
      get isReady() {
        return isReady;
      },
      get: () =>
        answer === null
          ? Promise.reject(new RedisUnavailableError())
          : Promise.resolve({ serverId: 'a', isRunning: false, end: elsewhere.at(-1) as TerminalEvent }),
      writerOf: () => writer,
      readEvents: (_userId, _chatId, afterSeq) =>
        Promise.resolve({
          serverId: 'a',
          isRunning: false,
          events: elsewhere.filter(({ seq }) => seq > afterSeq),
          isLast: true,
        }),
    },
    userId: 'alice',
    run: {
      chatId: 'chat',
      attempt,
      abort: () => {
        fences += 1;
        if (!log.isComplete) end(lost(log.lastSeq + 1));
        return Promise.resolve(lost(log.lastSeq));
      },
    },
    log,
    claim,
    onDone: () => undefined,
  });
  return {
    log,
    mirror,
    claim,
    elsewhere,
    written,
    /** The run ends here. */
    end: async (event: ChatEvent) => {
      end(event);
      await mirror.write();
    },
    /** Whether there is a connection to Redis. */
    redisIsReady: (given: boolean) => (isReady = given),
    fences: () => fences,
    isLeft: () => isLeft,
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

  it('ends its run before the provider is called where another server has the id of its request', async () => {
    const { mirror, redisAnswers, fences, written, log } = start((seq) => seq === 1 && redisAnswers(CLAIMED));
    const writing = mirror.write();
    redisAnswers(WRITTEN);
    await writing;
    expect([mirror.hasLostClaim, fences(), log.isComplete]).toEqual([true, 1, true]);
    expect(written[0]).toMatchObject({ isFirst: true, claim: { name: 'claim' } });
    // The end that it was given is written like any other, and claims nothing.
    expect(written.at(-1)).toMatchObject({ isFirst: false, claim: null, isEnd: true });
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
    const { log, mirror, elsewhere, fences, isLeft, redisAnswers, shown } = start();
    await mirror.write();
    log.append(delta(2, 'never shown'));
    elsewhere.push(cancelled(2));
    expect(isLeft()).toBe(false);
    redisAnswers(FENCED);
    await mirror.write();
    expect(fences()).toBe(1);
    expect(isLeft()).toBe(true);
    expect(log.read(0)).toEqual({ events: [delta(1, 'one'), cancelled(2)], isLast: true });
    expect(shown()).toEqual(log.after(0, Infinity));
    expect(mirror.isDone).toBe(true);
  });

  it('ends as lost where the end that another server gave it is no longer there', async () => {
    const { log, mirror, redisAnswers, shown } = start();
    await mirror.write();
    log.append(delta(2, 'two'));
    redisAnswers(FENCED);
    await mirror.write();
    expect(log.read(0)).toEqual({ events: [delta(1, 'one'), delta(2, 'two'), lost(3)], isLast: true });
    expect(shown()).toHaveLength(3);
    expect(mirror.isDone).toBe(true);
  });

  it('is lost, too, where it had another end than the one that is no longer there', async () => {
    const { mirror, end, redisAnswers, shown } = start();
    await mirror.write();
    redisAnswers(FENCED);
    await end(completed(2));
    expect(shown()).toEqual([delta(1, 'one'), lost(2)]);
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

  it('finds out from a Redis that comes back in time that the run was ended elsewhere', async () => {
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

  it('goes on and ends at once without a Redis that was never sent anything of the run', async () => {
    const { mirror, end, redisIsReady, shown } = start();
    redisIsReady(false);
    await mirror.write();
    expect(shown()).toHaveLength(1);
    await end(completed(2));
    expect(shown()).toEqual([delta(1, 'one'), completed(2)]);
  });

  it('waits a moment, too, for a Redis that may have the run although it did not answer', async () => {
    const { mirror, redisAnswers, shown } = start();
    redisAnswers(null);
    await mirror.write();
    expect(shown()).toEqual([]);
    await passTime(2_000);
    expect(shown()).toHaveLength(1);
  });

  it.each([
    ['was written', WRITTEN],
    ['may have been written', null],
  ])('shows no end of a run that %s before Redis has it', async (_, first) => {
    const { log, mirror, end, redisAnswers, shown } = start();
    redisAnswers(first);
    await mirror.write();
    redisAnswers(null);
    await end(completed(2));
    await passTime(2_000);
    expect(log.read(0)).toEqual({ events: [delta(1, 'one')], isLast: false });
    redisAnswers(WRITTEN);
    await mirror.write();
    expect(shown()).toEqual([delta(1, 'one'), completed(2)]);
  });

  it('shows the end that another server gave it while Redis was away, and not its own', async () => {
    const { mirror, elsewhere, end, redisAnswers, shown } = start();
    redisAnswers(null);
    await mirror.write();
    await end(completed(2));
    await passTime(2_000);
    elsewhere.push(delta(1, 'one'), lost(2));
    redisAnswers(FENCED);
    await mirror.check();
    expect(shown()).toEqual([delta(1, 'one'), lost(2)]);
  });

  it('fails watchers that wait for an end which Redis cannot confirm, until it can', async () => {
    const { log, mirror, end, redisAnswers, redisIsReady, shown } = start();
    await mirror.write();
    redisAnswers(null);
    redisIsReady(false);
    await end(completed(2));
    await passTime(9_999);
    expect(log.read(1)).toEqual({ events: [], isLast: false });
    await passTime(1);
    expect(shown()).toHaveLength(1);
    expect(() => log.read(1)).toThrow(RedisUnavailableError);
    redisAnswers(WRITTEN);
    redisIsReady(true);
    await mirror.write();
    expect(log.read(1)).toEqual({ events: [completed(2)], isLast: true });
  });

  it('shows its end where Redis answers all the time, and refuses every write of the run', async () => {
    const { log, mirror, end, redisAnswers } = start();
    await mirror.write();
    redisAnswers(null);
    await end(completed(2));
    await passTime(9_999);
    expect(log.read(1)).toEqual({ events: [], isLast: false });
    await passTime(1);
    expect(log.read(1)).toEqual({ events: [completed(2)], isLast: true });
    expect(mirror.isInStep).toBe(false);
  });

  it('shows its end where Redis has it from a write whose answer was lost', async () => {
    const { mirror, elsewhere, end, redisAnswers, shown } = start();
    await mirror.write();
    redisAnswers(null);
    await end(completed(2));
    elsewhere.push(completed(2));
    redisAnswers(FENCED);
    await mirror.write();
    expect(shown()).toEqual([delta(1, 'one'), completed(2)]);
  });

  it('keeps what it has shown while Redis was away, and ends it as another server says', async () => {
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

  it('writes a run that ended without Redis whole, so that it cannot be ended in between', async () => {
    const { log, mirror, end, written, redisIsReady } = start();
    redisIsReady(false);
    for (let seq = 2; seq <= 1_000; seq += 1) log.append(delta(seq, LONG));
    await end(completed(1_001));
    redisIsReady(true);
    await mirror.check();
    expect(written).toMatchObject([{ isEnd: true }]);
    expect(written[0]!.events).toHaveLength(1_001);
  });

  it('does not write a run that ended without Redis where it is too long for that', async () => {
    const { log, mirror, end, written, redisIsReady, shown } = start();
    redisIsReady(false);
    for (let seq = 2; seq <= 3_000; seq += 1) log.append(delta(seq, LONG));
    await end(completed(3_001));
    redisIsReady(true);
    await mirror.check();
    expect(written).toEqual([]);
    expect([mirror.isDone, mirror.isInStep]).toEqual([true, false]);
    expect(shown()).toHaveLength(1_000);
  });

  it('claims no request id for a run whose request has failed', async () => {
    const { mirror, written, claim } = start();
    await mirror.write();
    mirror.dropClaim();
    await mirror.check();
    expect(written.map((given) => given.claim)).toEqual([claim, null]);
  });

  it('asks Redis for an end elsewhere when it has written nothing for a while', async () => {
    const { mirror, elsewhere } = start();
    elsewhere.push(lost(2));
    expect(await mirror.isEndedElsewhere()).toBe(false);
    await mirror.write();
    expect(await mirror.isEndedElsewhere()).toBe(false);
    jest.advanceTimersByTime(2_500);
    expect(await mirror.isEndedElsewhere()).toBe(true);
  });

  it('asks, too, where it hung before it read the answer to what it has written', async () => {
    const { mirror, elsewhere } = start(() => jest.advanceTimersByTime(2_500));
    elsewhere.push(lost(2));
    await mirror.write();
    expect(await mirror.isEndedElsewhere()).toBe(true);
  });

  it('waits with its end for a Redis that is away, and learns that there is another one', async () => {
    const { mirror, elsewhere, redisAnswers } = start();
    await mirror.write();
    redisAnswers(null);
    jest.advanceTimersByTime(2_500);
    const isEnded = mirror.isEndedElsewhere();
    await passTime(9_999);
    elsewhere.push(lost(2));
    redisAnswers(FENCED);
    await mirror.check();
    expect(await isEnded).toBe(true);
  });

  it('waits for 10 s with its end, and for all of it once', async () => {
    const { log, mirror, end, redisAnswers, redisIsReady } = start();
    await mirror.write();
    redisAnswers(null);
    redisIsReady(false);
    jest.advanceTimersByTime(2_500);
    const isEnded = mirror.isEndedElsewhere();
    await passTime(10_000);
    expect(await isEnded).toBe(false);
    await end(completed(2));
    await passTime(0);
    expect(() => log.read(1)).toThrow(RedisUnavailableError);
  });

  it('waits no longer with its end when its server stops', async () => {
    const { mirror, redisAnswers } = start();
    await mirror.write();
    redisAnswers(null);
    jest.advanceTimersByTime(2_500);
    const isEnded = mirror.isEndedElsewhere();
    mirror.stopWaiting();
    expect(await isEnded).toBe(false);
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
      writerOf: () => ({
        write: (events: EventsToWrite) => {
          written.push(events);
          return Promise.resolve(WRITTEN);
        },
      }),
    } as unknown as RunStore;
    const mirror = new RunMirror({
      shared,
      userId: 'alice',
      run: { chatId: 'chat', attempt, abort: () => Promise.resolve(lost(0)) },
      log,
      claim: null,
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
