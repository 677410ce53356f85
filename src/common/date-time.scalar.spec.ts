import { Kind } from 'graphql';
import { DateTime } from './date-time.scalar.js';

describe('DateTime', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.250+05:30', '2026-03-01T06:30:00.250Z'],
    ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000Z'],
  ])('takes %s for %s, as a variable and in a document', (text, expected) => {
    expect(DateTime.parseValue(text).toISOString()).toBe(expected);
    expect(DateTime.parseLiteral({ kind: Kind.STRING, value: text }).toISOString()).toBe(expected);
  });

  it.each([
    '2026-03-01T12:00:00',
    '2026-03-01',
    '2026-02-31T00:00:00Z',
    'March 7, 2026',
    '',
    1_772_323_200_000,
    true,
    {},
  ])('refuses %j', (value) => {
    expect(() => DateTime.parseValue(value)).toThrow('DateTime cannot represent');
  });

  it('refuses literals that are no strings', () => {
    expect(() => DateTime.parseLiteral({ kind: Kind.INT, value: '5' })).toThrow('DateTime cannot represent');
    expect(() => DateTime.parseLiteral({ kind: Kind.ENUM, value: 'FOO' })).toThrow(
      'DateTime cannot represent',
    );
  });

  it('answers in UTC', () => {
    expect(DateTime.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});
