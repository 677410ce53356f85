import { describeError } from '../../common/describe-error.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { RequestClaim } from '../claims/request-claims.js';
import { RunLostError } from '../run/chat.errors.js';
import type { TerminalEvent } from '../run/chat-event.js';
import type { ChatAttempt, ChatSource } from '../run/chat-source.js';
import { OwnedRun, type OwnedRunSettings } from './owned-run.js';
import { FENCED, WRITTEN } from '../shared/shared-scripts.js';
import type { RunStore } from '../shared/run-store.js';
import type { RunWriter } from '../shared/run-writer.js';

const first: ChatAttempt = {
  provider: 'OPENAI',
  model: 'model',
  keySource: 'USER',
  keyId: null,
  maskedKey: null,
};

/** As many deltas of about a MiB as are asked for, without an end. */
const flood: ChatSource = {
  first,
  async stream(signal, onParts) {
    while (!signal.aborted) await onParts([{ type: 'text', text: 'x'.repeat(1024 * 1024) }]);
  },
  close: () => undefined,
};

/** What Redis answers to what is written. */
const writesTo = (write: RunWriter['write']): Pick<RunStore, 'writerOf'> => ({
  writerOf: () => ({ write, leave: () => undefined }) as unknown as RunWriter,
});

/** A Redis that takes what it is given. */
const takesAll = { isReady: true, ...writesTo(() => Promise.resolve(WRITTEN)) };

function own(shared: Partial<RunStore>, more: Partial<OwnedRunSettings> = {}): OwnedRun {
  return new OwnedRun({
    userId: 'alice',
    chatId: 'chat',
    source: flood,
    arrivedAt: 0,
    keyResolutionMs: 0,
    maxDurationMs: 60_000,
    graceMs: 60_000,
    claim: null,
    isNamed: false,
    repeats: false,
    shared: { ...takesAll, ...shared } as RunStore,
    ...more,
    writeEnd: () => Promise.resolve(),
    onChange: () => undefined,
  });
}

/** A Redis in which another server has ended the chat. */
const endedElsewhere = (end: TerminalEvent): Partial<RunStore> => ({
  ...writesTo(() => Promise.resolve(FENCED)),
  get: () => Promise.resolve({ serverId: 'another', isRunning: false, end }),
  readEvents: (_userId, _chatId, afterSeq) =>
    Promise.resolve({
      serverId: 'another',
      isRunning: false,
      isLast: true,
      events: afterSeq < 2 ? [end] : [],
    }),
});

const lost: TerminalEvent = {
  __typename: 'ChatFailed',
  chatId: 'chat',
  seq: 2,
  error: describeError(new RunLostError()),
  usage: null,
};

describe('OwnedRun', () => {
  it('was not cancelled where another server has ended it', async () => {
    let answer = WRITTEN;
    const run = own({ ...endedElsewhere(lost), ...writesTo(() => Promise.resolve(answer)) });
    await run.publish();
    answer = FENCED;
    expect(await run.cancel()).toBe(false);
    const watch = run.join(1, new AbortController().signal);
    expect([watch.take(), watch.take(), watch.isOver]).toEqual([lost, null, true]);
  });

  it('was cancelled where Redis says so, and not before', async () => {
    const run = own({});
    await run.publish();
    expect(await run.cancel()).toBe(true);
    const watch = run.join(1, new AbortController().signal);
    expect(watch.take()).toMatchObject({ __typename: 'ChatCancelled' });
  });

  describe('that a client has left for good', () => {
    const claimed = () => {
      let count = 0;
      const claim = {
        sealed: null,
        confirm: () => undefined,
        release: () => Promise.resolve(void (count += 1)),
      };
      return { claim: claim as unknown as RequestClaim, count: () => count };
    };
    const leave = async (more: Partial<OwnedRunSettings>, { isOver = false } = {}): Promise<number> => {
      const { claim, count } = claimed();
      const run = own({}, { claim, isNamed: true, ...more });
      const watch = run.join(0, new AbortController().signal);
      if (isOver) await run.end(new RunLostError());
      watch.leave();
      return count();
    };

    it('gives its id to the same request, where its client repeats it by itself', async () => {
      expect(await leave({ repeats: true })).toBe(1);
      expect(await leave({ repeats: false })).toBe(0);
      expect(await leave({ isNamed: false })).toBe(1);
    });

    it('keeps its id where it had ended: what there is of it was paid for', async () => {
      expect(await leave({ repeats: true }, { isOver: true })).toBe(0);
    });
  });

  it('is refused where the id of its request would lead to no chat on the other servers', async () => {
    await expect(own({ isReady: false }, { isNamed: true }).announce()).rejects.toThrow(
      RedisUnavailableError,
    );
  });

  it('is not refused where another server has ended it', async () => {
    const run = own(endedElsewhere(lost), { isNamed: true });
    await run.announce();
    expect(run.hasEnded).toBe(true);
  });

  it('asks once at a time how far its watchers elsewhere have come, however often it waits for them', async () => {
    const asked: number[] = [];
    let writtenSeq = 0;
    let done = (): void => undefined;
    const askedOften = new Promise<void>((resolve) => (done = resolve));
    const run = own({
      ...writesTo(({ events }) => {
        writtenSeq = events.at(-1)?.seq ?? writtenSeq;
        return Promise.resolve(WRITTEN);
      }),
      cursorElsewhere: () => {
        asked.push(performance.now());
        if (asked.length === 8) done();
        // Five times there is room for one more.
        return Promise.resolve(asked.length <= 5 ? writtenSeq : null);
      },
    });
    await run.publish();
    const lostConnection = new AbortController();
    const watch = run.join(0, lostConnection.signal);
    watch.take();
    watch.take();
    lostConnection.abort();
    watch.leave();
    await askedOften;
    await run.cancel();
    expect(asked[7]! - asked[5]!).toBeGreaterThan(400);
  });
});
