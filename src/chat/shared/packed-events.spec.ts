import type { ChatEvent } from '../run/chat-event.js';
import { packEvents, unpackEvents } from './packed-events.js';

const chatId = 'chat';
const delta = (seq: number, text: string, kind: 'TextDelta' | 'ReasoningDelta' = 'TextDelta'): ChatEvent => ({
  __typename: kind,
  chatId,
  seq,
  fromSeq: seq,
  text,
});
const cancelled = (seq: number): ChatEvent => ({ __typename: 'ChatCancelled', chatId, seq, usage: null });

describe('packed events', () => {
  it.each<[string, ChatEvent[]]>([
    ['none', []],
    ['one delta', [delta(7, 'a')]],
    ['deltas of one kind', [delta(1, 'a'), delta(2, ''), delta(3, 'ü🔑')]],
    [
      'deltas of two kinds',
      [delta(1, 'a', 'ReasoningDelta'), delta(2, 'b'), delta(3, 'c', 'ReasoningDelta')],
    ],
    ['others among deltas', [delta(1, 'a'), cancelled(2), delta(3, 'b'), delta(4, 'c')]],
    [
      'a delta that is several',
      [delta(1, 'a'), { ...delta(3, 'bc'), fromSeq: 2 } as ChatEvent, delta(4, 'd')],
    ],
  ])('are what they were: %s', (_, events) => {
    expect(unpackEvents(packEvents(events), chatId)).toEqual(events);
  });

  it('have little more than the texts for deltas that follow one another', () => {
    const events = Array.from({ length: 100 }, (_, index) => delta(index + 1, 'word '));
    expect(packEvents(events).length).toBeLessThan(100 * ('word '.length + 3) + 50);
  });
});
