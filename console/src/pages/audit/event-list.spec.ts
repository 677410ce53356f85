import {
  endOf,
  type EventEdge,
  type EventList,
  meets,
  MOST_EVENTS,
  withNewest,
  withOlder,
} from './event-list';

const edge = (number: number): EventEdge =>
  ({ cursor: `after-${number}`, node: { id: String(number).padStart(6, '0') } }) as EventEdge;
const list = (numbers: readonly number[], hasOlder = true): EventList => ({
  edges: numbers.map(edge),
  hasOlder,
});
const numbersOf = ({ edges }: EventList): number[] => edges.map(({ node }) => Number(node.id));

describe('the list of events', () => {
  it('goes on with older ones, each once', () => {
    const after = withOlder(list([9, 8]), list([8, 7], false));
    expect([numbersOf(after), after.hasOlder, endOf(after)]).toEqual([[9, 8, 7], false, 'after-7']);
  });

  it('takes new ones on top, each once', () => {
    const { list: after, added } = withNewest(list([9, 8]), list([11, 10, 9, 8]));
    expect([numbersOf(after), after.hasOlder]).toEqual([[11, 10, 9, 8], true]);
    expect(added.map(({ node }) => Number(node.id))).toEqual([11, 10]);
  });

  it('takes one that became visible late in its place', () => {
    const { list: after, added } = withNewest(list([9, 7, 5]), list([10, 9, 8, 7]));
    expect(numbersOf(after)).toEqual([10, 9, 8, 7, 5]);
    expect(added).toHaveLength(2);
  });

  it('stays the same where nothing is new', () => {
    const before = list([9, 8]);
    expect(withNewest(before, list([9, 8])).list).toBe(before);
    // Older ones are asked for by themselves.
    expect(withNewest(before, list([9, 8, 7])).list).toBe(before);
    expect(withNewest(before, list([], false)).list).toBe(before);
  });

  it('begins anew where there is more between than was fetched, so that nothing is missing', () => {
    const newest = list([30, 29]);
    expect(meets(list([9, 8]), newest)).toBe(false);
    const { list: after } = withNewest(list([9, 8]), newest);
    expect([numbersOf(after), after.hasOlder, endOf(after)]).toEqual([[30, 29], true, 'after-29']);
  });

  it('begins with what comes where there was nothing', () => {
    const { list: after } = withNewest(list([], false), list([2, 1], false));
    expect([numbersOf(after), after.hasOlder]).toEqual([[2, 1], false]);
  });

  it('holds no more than it may, and can go on after its end', () => {
    const numbers = Array.from({ length: MOST_EVENTS }, (_, index) => MOST_EVENTS - index);
    const { list: after } = withNewest(list(numbers, false), list([MOST_EVENTS + 1, MOST_EVENTS]));
    expect(after.edges).toHaveLength(MOST_EVENTS);
    expect([after.hasOlder, endOf(after), numbersOf(after)[0]]).toEqual([true, 'after-2', MOST_EVENTS + 1]);
  });
});
