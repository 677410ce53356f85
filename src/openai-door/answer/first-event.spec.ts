import type { ChatEvent } from '../../chat/run/chat-event.js';
import type { EventSource } from '../../common/event-source.js';
import { takeOpening, withOpening } from './first-event.js';

const LONG_MS = 3_600_000;
const started = { __typename: 'ChatStarted', seq: 1 } as unknown as ChatEvent;
const delta = { __typename: 'TextDelta', seq: 2, text: 'a' } as unknown as ChatEvent;
const failed = { __typename: 'ChatFailed', seq: 2 } as unknown as ChatEvent;

/** Gives what it is given, and is over when it is told. */
function source() {
  const events: ChatEvent[] = [];
  let ready: (() => void)[] = [];
  let isOver = false;
  const wake = (): void => {
    const waiting = ready;
    ready = [];
    for (const onReady of waiting) onReady();
  };
  const made: EventSource<ChatEvent> = {
    take: () => events.shift() ?? null,
    get isOver() {
      return isOver && events.length === 0;
    },
    whenReady: (onReady) => (ready = [onReady]),
    leave: () => (isOver = true),
  };
  const give = (...more: ChatEvent[]): void => {
    events.push(...more);
    wake();
  };
  const end = (): void => {
    isOver = true;
    wake();
  };
  return { made, give, end };
}

describe('takeOpening', () => {
  it.each([
    ['piece of an answer', delta],
    ['failure', failed],
  ])('ends with the first %s', async (_, event) => {
    const { made, give } = source();
    const opening = takeOpening(made, LONG_MS);
    give(started);
    give(event, delta);
    expect((await opening).events).toEqual([started, event]);
    expect(made.take()).toBe(delta);
  });

  it('ends without one where the source does, and where it takes too long', async () => {
    const over = source();
    const opening = takeOpening(over.made, LONG_MS);
    over.give(started);
    over.end();
    expect((await opening).events).toEqual([started]);

    const silent = source();
    silent.give(started);
    expect((await takeOpening(silent.made, 1)).events).toEqual([started]);
  });

  it('throws what the source throws', async () => {
    const { made } = source();
    const broken = {
      ...made,
      take: () => {
        throw new Error('broken');
      },
    };
    await expect(takeOpening(broken, LONG_MS)).rejects.toThrow('broken');
  });
});

describe('withOpening', () => {
  it('gives what was taken, then what comes', () => {
    const { made, give, end } = source();
    give(delta);
    const whole = withOpening({ events: [started] }, made);
    end();
    expect([whole.isOver, whole.take(), whole.take(), whole.take(), whole.isOver]).toEqual([
      ...[false, started, delta, null, true],
    ]);
  });

  it('forgets it when its consumer leaves', () => {
    const { made } = source();
    const whole = withOpening({ events: [started] }, made);
    whole.leave();
    expect([whole.take(), whole.isOver]).toEqual([null, true]);
  });
});
