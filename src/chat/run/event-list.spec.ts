import type { ChatEvent, DeltaEvent } from './chat-event.js';
import { EventList } from './event-list.js';

const delta = (seq: number, text: string, __typename: DeltaEvent['__typename'] = 'TextDelta'): ChatEvent => ({
  __typename,
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text,
});

const search = (seq: number): ChatEvent => ({
  __typename: 'SearchStarted',
  chatId: 'chat',
  seq,
  engine: 'BRAVE',
  provider: 'BRAVE',
  query: 'plums',
});

/** Deltas of two kinds, with searches among them, and a few that were joined before. */
function various(count: number): ChatEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    if (seq % 41 === 0) return search(seq);
    if (seq % 37 === 0) return { ...delta(seq, 'joined'), fromSeq: seq - 1 } as ChatEvent;
    const text = index % 5 === 0 ? '' : `${'é€😀'.slice(0, index % 4)}${seq}`;
    return delta(seq, text, seq % 100 < 30 ? 'ReasoningDelta' : 'TextDelta');
  });
}

function listOf(events: readonly ChatEvent[]): EventList {
  const list = new EventList();
  for (const event of events) list.append(event);
  return list;
}

const allOf = (list: EventList): (ChatEvent | undefined)[] =>
  Array.from({ length: list.lastSeq + 1 - list.firstSeq }, (_, index) => list.at(list.firstSeq + index));

describe('EventList', () => {
  it.each([0, 1, 7, 8, 15, 16, 17, 23, 24, 264, 500, 1_000])(
    'gives %i events as they came, packed or not',
    (count) => {
      const events = various(count);
      const list = listOf(events);
      const sizes = events.map(({ seq }) => list.bytesAfter(seq));
      list.pack(count);
      expect(allOf(list)).toEqual(events);
      expect(events.map(({ seq }) => list.bytesAfter(seq))).toEqual(sizes);
      expect([list.firstSeq, list.lastSeq]).toEqual([1, count]);
      expect([list.at(0), list.at(count + 1)]).toEqual([undefined, undefined]);
    },
  );

  it('packs as it grows', () => {
    const events = various(700);
    const list = new EventList();
    for (const event of events) {
      list.append(event);
      list.pack(event.seq);
    }
    expect(allOf(list)).toEqual(events);
  });

  it('keeps neighbouring deltas as one text', () => {
    const events = Array.from({ length: 10_000 }, (_, index) => delta(index + 1, ` ${index}`));
    const list = listOf(events);
    list.pack(10_000);
    expect(list.at(1)).not.toBe(events[0]);
    expect(list.at(10_000)).toBe(events.at(-1));
  });

  it('packs nothing after the number that it is given: that can be removed', () => {
    const events = various(400);
    const list = listOf(events);
    list.pack(200);
    list.removeAfter(200);
    expect(allOf(list)).toEqual(events.slice(0, 200));
    for (const event of events.slice(200)) list.append(event);
    expect(allOf(list)).toEqual(events);
    expect(list.bytes).toBe(listOf(events).bytes);
  });

  it.each([0, 1, 5_000, 30_000, 1e9])('removes about %d bytes from the beginning', (bytes) => {
    const events = various(500);
    const list = listOf(events);
    list.pack(500);
    const before = list.bytes;
    list.removeFirst(bytes, 450);
    expect(list.firstSeq).toBeLessThanOrEqual(451);
    expect(allOf(list)).toEqual(events.slice(list.firstSeq - 1));
    expect(list.bytes).toBe(list.bytesAfter(list.firstSeq - 1));
    if (bytes < 1e9) expect(before - list.bytes).toBeGreaterThanOrEqual(bytes);
    expect(list.bytesAfter(0)).toBe(list.bytes);
  });

  it('keeps the last event, and what is after the number that it is given', () => {
    const list = listOf(various(10));
    list.removeFirst(1e9, 4);
    expect(list.firstSeq).toBe(5);
    list.removeFirst(1e9, 10);
    expect([list.firstSeq, list.lastSeq]).toEqual([10, 10]);
  });
});
