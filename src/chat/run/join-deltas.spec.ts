import type { ChatEvent } from './chat-event.js';
import { joinDeltas } from './join-deltas.js';

const delta = (
  seq: number,
  text: string,
  __typename: 'TextDelta' | 'ReasoningDelta' = 'TextDelta',
): ChatEvent => ({
  __typename,
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text,
});
const end: ChatEvent = { __typename: 'ChatCancelled', chatId: 'chat', seq: 9, usage: null };

describe('joinDeltas', () => {
  it('joins neighbours of one kind, and says which numbers it covers', () => {
    expect(joinDeltas([delta(1, 'x'), delta(2, 'a'), delta(3, 'b'), delta(4, 'c'), end], 1)).toEqual({
      event: { ...delta(4, 'abc'), fromSeq: 2 },
      count: 3,
    });
  });

  it.each([
    ['of another kind', delta(3, 'b', 'ReasoningDelta')],
    ['that is none', end],
  ])('stops before an event %s', (_, next) => {
    expect(joinDeltas([delta(2, 'a'), next, delta(4, 'c')], 0)).toEqual({ event: delta(2, 'a'), count: 1 });
  });

  it('leaves what is no delta as it is', () => {
    expect(joinDeltas([end], 0)).toEqual({ event: end, count: 1 });
  });

  it('makes no event that is longer than a socket takes at a time, and cuts none', () => {
    const long = 'x'.repeat(20_000);
    expect(joinDeltas([delta(1, long), delta(2, long), delta(3, 'c')], 0).event).toEqual(delta(1, long));
    expect(joinDeltas([delta(1, long + long), delta(2, 'b')], 0).event).toEqual(delta(1, long + long));
  });
});
