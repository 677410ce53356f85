import {
  added,
  type AlertList,
  type KeyAlert,
  noAlerts,
  withAlerts,
  withNewest,
  withOlder,
} from './alert-list';

const alert = (number: number, acknowledgedAt: string | null = null): KeyAlert =>
  ({ id: String(number).padStart(6, '0'), acknowledgedAt }) as KeyAlert;
const list = (numbers: readonly number[], older: string | null = null): AlertList => ({
  alerts: numbers.map((number) => alert(number)),
  older,
});
const numbersOf = ({ alerts }: AlertList): number[] => alerts.map(({ id }) => Number(id));

describe('the list of alerts', () => {
  it('has each once, newest first, whichever way it came', () => {
    const live = withAlerts(list([3, 1]), [alert(4)]);
    const after = withNewest(live, list([5, 4, 3, 2, 1]));
    expect(numbersOf(after)).toEqual([5, 4, 3, 2, 1]);
    expect(added(live, after).map(({ id }) => Number(id))).toEqual([5, 2]);
  });

  it('keeps an alert acknowledged, though an older word of it comes late', () => {
    const after = withAlerts(withAlerts(list([1]), [alert(1, 'now')]), [alert(1)]);
    expect(after.alerts).toEqual([alert(1, 'now')]);
  });

  it('goes on with older ones', () => {
    const after = withOlder(list([4, 3], 'after-3'), list([2, 1]));
    expect([numbersOf(after), after.older]).toEqual([[4, 3, 2, 1], null]);
  });

  it('keeps its place in the history when newer ones come', () => {
    expect(withNewest(list([4, 3], 'after-3'), list([5, 4], 'after-4')).older).toBe('after-3');
  });

  it('begins anew where more was missed than a page has, so that nothing is missing', () => {
    expect(withNewest(list([2, 1]), list([9, 8], 'after-8'))).toEqual(list([9, 8], 'after-8'));
    expect(withNewest(noAlerts, list([9, 8], 'after-8'))).toEqual(list([9, 8], 'after-8'));
  });

  it('does not grow for ever', () => {
    const many = list(
      Array.from({ length: 1_000 }, (_, index) => 1_000 - index),
      'after-1',
    );
    const newest = list([1_001, 1_000], 'after-1000');
    expect(withNewest(many, newest)).toEqual(newest);
    expect(withNewest(many, list([1_000], 'after-1000')).alerts).toHaveLength(1_000);
  });
});
