import { type ChosenRange, daysOf, type Range, type RangeName, toRange } from './range';

const NOW = new Date('2026-03-15T10:20:30.400Z');
const chosen = (name: RangeName, more: Partial<ChosenRange> = {}): ChosenRange => ({
  ...{ name, firstDay: '', lastDay: '', bucket: null },
  ...more,
});
const days = (firstDay: string, lastDay: string): ChosenRange => chosen('custom', { firstDay, lastDay });
const said = (range: ChosenRange): unknown => {
  const found = toRange(range, NOW);
  if (typeof found === 'string') return found;
  return [found.from.toISOString(), found.to.toISOString(), found.bucket, found.buckets.join(' ')];
};

describe('toRange', () => {
  it.each([
    [chosen('24h'), '2026-03-14T11:00', '2026-03-15T11:00', 'HOUR', 'HOUR'],
    [chosen('7d'), '2026-03-09T00:00', '2026-03-16T00:00', 'DAY', 'DAY HOUR'],
    [chosen('7d', { bucket: 'HOUR' }), '2026-03-08T11:00', '2026-03-15T11:00', 'HOUR', 'DAY HOUR'],
    [chosen('30d'), '2026-02-14T00:00', '2026-03-16T00:00', 'DAY', 'DAY HOUR'],
    [chosen('90d', { bucket: 'HOUR' }), '2025-12-16T00:00', '2026-03-16T00:00', 'DAY', 'DAY'],
    [chosen('month'), '2026-03-01T00:00', '2026-03-16T00:00', 'DAY', 'DAY HOUR'],
    [days('2026-01-01', '2026-01-31'), '2026-01-01T00:00', '2026-02-01T00:00', 'DAY', 'DAY HOUR'],
    [days('2026-01-01', '2026-01-01'), '2026-01-01T00:00', '2026-01-02T00:00', 'HOUR', 'HOUR'],
    [days('2026-01-01', '2026-02-01'), '2026-01-01T00:00', '2026-02-02T00:00', 'DAY', 'DAY'],
  ])('is whole buckets in UTC: %j', (range, from, to, bucket, buckets) => {
    expect(said(range)).toEqual([`${from}:00.000Z`, `${to}:00.000Z`, bucket, buckets]);
  });

  it.each([
    ['incomplete', days('', '2026-01-01')],
    ['incomplete', days('2026-01-01', '')],
    ['incomplete', days('2026-13-01', '2026-01-01')],
    ['incomplete', days('yesterday', 'today')],
    ['reversed', days('2026-01-02', '2026-01-01')],
    ['tooLong', days('2016-01-01', '2026-01-08')],
  ])('says what is wrong with days of one’s own: %s', (mistake, range) => {
    expect(said(range)).toBe(mistake);
  });

  it('takes the longest report that the server makes', () => {
    expect(typeof toRange(days('2016-01-01', '2026-01-07'), NOW)).toBe('object');
  });

  it('names the first and the last day', () => {
    expect(daysOf(toRange(days('2026-01-01', '2026-01-31'), NOW) as Range)).toBe('2026-01-01-to-2026-01-31');
    expect(daysOf(toRange(chosen('24h'), NOW) as Range)).toBe('2026-03-14-to-2026-03-15');
  });
});
