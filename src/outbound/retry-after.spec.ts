import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('2026-11-24T10:00:00Z');

const parse = (fields: Record<string, string>): number | null => retryAfterMs(new Headers(fields), NOW);

describe('retryAfterMs', () => {
  it.each([
    ['seconds', { 'retry-after': '20' }, 20_000],
    ['a fraction of seconds', { 'retry-after': '0.25' }, 250],
    ['no wait at all', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Tue, 24 Nov 2026 09:59:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1500],
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    ['seconds where the milliseconds are unreadable', { 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    ['more than a GraphQL Int can hold', { 'retry-after': '99999999' }, 2 ** 31 - 1],
  ])('reads %s', (_what, fields, expected) => {
    expect(parse(fields)).toBe(expected);
  });

  it.each(['', '-5', 'soon', '1e3', 'Someday', 'NaN', '5 seconds'])('gives nothing for %j', (value) => {
    expect(parse({ 'retry-after': value })).toBeNull();
  });

  it('gives nothing without the headers', () => {
    expect(parse({})).toBeNull();
  });
});
