import { describeError } from '../../common/describe-error.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import { RunLostError } from '../run/chat.errors.js';
import type { TerminalEvent } from '../run/chat-event.js';
import type { ChatAttempt, ChatSource } from '../run/chat-source.js';
import { KeptRun } from './kept-run.js';
import { FENCED, WRITTEN } from '../shared/shared-scripts.js';
import type { RunStore } from '../shared/run-store.js';

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

function keep(shared: Partial<RunStore>): KeptRun {
  return new KeptRun({
    userId: 'alice',
    chatId: 'chat',
    source: flood,
    arrivedAt: 0,
    keyResolutionMs: 0,
    maxDurationMs: 60_000,
    graceMs: 60_000,
    claim: null,
    shared: {
      isReady: true,
      writerOf: () => ({ write: () => Promise.resolve(WRITTEN) }),
      ...shared,
    } as RunStore,
    onEnd: () => Promise.resolve(),
    onStop: () => undefined,
    onChange: () => undefined,
  });
}

/** A Redis in which another server has ended the chat. */
const endedElsewhere = (end: TerminalEvent): Partial<RunStore> => ({
  writerOf: () => ({ write: () => Promise.resolve(FENCED) }) as never,
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

describe('KeptRun', () => {
  it('was not cancelled where another server has ended it', async () => {
    const kept = keep(endedElsewhere(lost));
    kept.log.show(1);
    expect(await kept.cancel()).toBe(false);
    expect(kept.log.read(1)).toEqual({ events: [lost], isLast: true });
  });

  it('was cancelled where Redis says so, and not before', async () => {
    const kept = keep({});
    await kept.publish();
    expect(await kept.cancel()).toBe(true);
    expect(kept.log.shownEnd).toMatchObject({ __typename: 'ChatCancelled' });
  });

  it('is refused, unless another server has ended it', async () => {
    const error = new RedisUnavailableError();
    expect(await keep({ isReady: false }).refuse(error)).toBe(true);
    const kept = keep(endedElsewhere(lost));
    kept.log.show(1);
    await kept.publish();
    expect(await kept.refuse(error)).toBe(false);
  });

  it('asks once at a time how far its watchers elsewhere have come, however often it waits for them', async () => {
    const asked: number[] = [];
    let tell = (): void => undefined;
    const askedOften = new Promise<void>((resolve) => (tell = resolve));
    const kept: KeptRun = keep({
      cursorElsewhere: () => {
        asked.push(performance.now());
        if (asked.length === 8) tell();
        // Five times there is room for one more.
        return Promise.resolve(asked.length <= 5 ? kept.log.lastSeq : null);
      },
    });
    void kept.run.begin();
    await askedOften;
    await kept.run.cancel();
    expect(asked[7]! - asked[5]!).toBeGreaterThan(400);
  });
});
