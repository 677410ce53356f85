import { Kind } from 'graphql';
import { canonicalId, ID } from './id.scalar.js';

const LOWER = '8f14e45f-ceea-767f-9d3c-1b2a3c4d5e6f';
const UPPER = LOWER.toUpperCase();

describe('ID', () => {
  it.each([UPPER, LOWER, '8f14E45F-ceea-767F-9d3c-1B2a3c4d5e6f'])('reads a UUID in any case: %s', (text) => {
    expect(canonicalId(text)).toBe(LOWER);
    expect(ID.parseValue(text)).toBe(LOWER);
    expect(ID.parseLiteral({ kind: Kind.STRING, value: text }, {})).toBe(LOWER);
  });

  it.each(['Nonsense', '', UPPER.replaceAll('-', ''), `{${UPPER}}`, `${UPPER}A`])(
    'leaves what is no UUID as it is: %j',
    (text) => {
      expect(canonicalId(text)).toBe(text);
      expect(ID.parseValue(text)).toBe(text);
    },
  );

  it('takes and gives what GraphQL takes and gives for an id', () => {
    expect([ID.name, ID.parseValue(7), ID.serialize(7)]).toEqual(['ID', '7', '7']);
    expect(() => ID.parseValue(true)).toThrow('ID cannot represent');
    expect(() => ID.parseLiteral({ kind: Kind.BOOLEAN, value: true }, {})).toThrow('ID cannot represent');
  });
});
