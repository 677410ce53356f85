import { setImmediate as nextTurn } from 'node:timers/promises';
import { blockEventLoop } from '../../../test/support/block-event-loop.js';
import type { EventSource } from '../../common/event-source.js';
import { SubscriptionRelay } from './subscription-relay.js';

/** One event that comes to all who watch at once. */
function watchers(count: number, toText: () => string) {
  const sent: number[] = [];
  const ready: (() => void)[] = [];
  let hasCome = false;
  for (let index = 0; index < count; index += 1) {
    let isTaken = false;
    const source: EventSource<object> = {
      take: () => {
        if (!hasCome || isTaken) return null;
        isTaken = true;
        return {};
      },
      isOver: false,
      whenReady: (onReady) => ready.push(onReady),
      leave: () => undefined,
    };
    const sink = { next: () => void sent.push(index), complete: () => undefined, fail: () => undefined };
    new SubscriptionRelay({ source, toText }, sink).start();
  }
  const come = (): void => {
    hasCome = true;
    for (const onReady of ready.splice(0)) onReady();
  };
  return { sent, come };
}

describe('SubscriptionRelay', () => {
  it('hands an event on in the turn in which it comes', async () => {
    const { sent, come } = watchers(3, () => 'text');
    await nextTurn();
    come();
    expect(sent).toEqual([0, 1, 2]);
  });

  it('gives the event loop back between watchers, where the event takes each of them long', async () => {
    const { sent, come } = watchers(3, () => {
      blockEventLoop(15);
      return 'text';
    });
    await nextTurn();
    come();
    expect(sent).toEqual([0]);
    while (sent.length < 3) await nextTurn();
    expect(sent).toEqual([0, 1, 2]);
  });
});
