import { jest } from '@jest/globals';
import type { ChatEvent } from '../run/chat-event.js';
import { RemoteWatches } from './remote-watches.js';
import type { RunStore } from './run-store.js';

const event = (seq: number): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text: 'x',
});

describe('RemoteWatches', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reports to the owner how far it has come also where few events make much, and again while it waits', async () => {
    const reported: (number | null)[] = [];
    const shared = {
      onNews: () => () => undefined,
      readEvents: (_user: string, _chat: string, afterSeq: number) =>
        Promise.resolve({ events: afterSeq < 3 ? [event(afterSeq + 1)] : [], isLast: false }),
      reportCursor: (_user: string, _chat: string, cursor: number | null) => {
        reported.push(cursor);
        return Promise.resolve();
      },
    } as unknown as RunStore;
    const watch = await new RemoteWatches(shared).join('alice', 'chat', 0, new AbortController().signal);
    const events = watch[Symbol.asyncIterator]();
    for (let seq = 1; seq <= 3; seq += 1) await events.next();
    void events.next();
    expect(reported).toEqual([0]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(reported).toEqual([0, 3]);
    // Redis may have forgotten it.
    await jest.advanceTimersByTimeAsync(1_000);
    expect(reported).toEqual([0, 3, 3]);
  });
});
