import { fromLocalTime, toLocalTime } from './local-time';

describe('a time of the place', () => {
  it('is the moment that it came from', () => {
    for (const moment of ['2026-01-05T03:07:00.000Z', '2026-07-31T23:59:00.000Z', '2028-02-29T12:00:00.000Z'])
      expect(fromLocalTime(toLocalTime(moment))).toBe(moment);
  });

  it('is written as a field of a form has it', () => {
    expect(toLocalTime(new Date(2026, 0, 5, 3, 7, 59).toISOString())).toBe('2026-01-05T03:07');
  });

  it('has a year of four digits', () => {
    for (const time of ['0002-03-04T05:06', '0020-03-04T05:06', '0202-03-04T05:06'])
      expect(toLocalTime(fromLocalTime(time))).toBe(time);
  });

  it('is nothing where there is no moment', () => {
    expect([toLocalTime(null), toLocalTime('')]).toEqual(['', '']);
    expect(fromLocalTime('')).toBeNull();
  });
});
