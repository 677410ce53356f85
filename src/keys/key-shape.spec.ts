import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { BadUserInputError } from '../common/input-errors.js';
import { checkIsNoAccessToken, checkNameIsNotMasked, checkNameIsNotOf, maskKey } from './key-shape.js';

const mask = (provider: ProviderId, key: string) => maskKey(key, getProviderEntry(provider));

describe('maskKey', () => {
  it.each([
    ['OPENAI', 'sk-proj-0123456789abcdefWXYZ', 'sk-proj-…WXYZ'],
    ['OPENAI', 'sk-0123456789abcdefWXYZ', 'sk-…WXYZ'],
    ['ANTHROPIC', 'sk-ant-api03-0123456789abcdefWXYZ', 'sk-ant-api03-…WXYZ'],
    ['GOOGLE', 'AIza0123456789abcdefWXYZ', 'AIza…WXYZ'],
    ['SERPER', '0123456789abcdefWXYZ', '…WXYZ'],
  ] as const)(
    'shows the public prefix and the last four characters of a key for %s',
    (provider, key, masked) => {
      expect(mask(provider, key)).toBe(masked);
    },
  );

  it.each([
    ['12345678', '…78'],
    ['123456789012', '…012'],
    ['1234567', '…'],
    ['tvly-12345678', '…678'],
  ])('shows less of a short key: %s', (key, masked) => {
    expect(mask('SERPER', key)).toBe(masked);
  });

  it('never shows more than a quarter of what follows the prefix', () => {
    for (let length = 1; length < 40; length++) {
      const shown = mask('OPENAI', `sk-proj-${'x'.repeat(length)}`).split('…')[1] ?? '';
      expect(shown.length).toBeLessThanOrEqual(Math.min(4, length / 4));
    }
  });

  it("does not take another provider's prefix for public", () => {
    expect(mask('SERPER', 'sk-proj-0123456789abcdefWXYZ')).toBe('…WXYZ');
  });
});

describe('a name for a key that is at hand', () => {
  const definition = getProviderEntry('OPENAI');
  const check =
    (name: string, key = 'sk-proj-Ab3dE5gH7jK9-and-words-of-our-own') =>
    () =>
      checkNameIsNotOf(key, definition, name);

  it.each([
    ['the key', 'sk-proj-Ab3dE5gH7jK9-and-words-of-our-own'],
    ['its end', 'jK9-and-words'],
    ['its middle among words', 'work (b3dE5gH7)'],
    ['its middle in another case', 'AB3DE5GH7'],
    ['its words', 'Key: words of our own, and words of our own'],
    ['it, cut up', 'sk proj Ab3d E5gH 7jK9 and wo'],
  ])('is not %s', (_, name) => {
    expect(check(name)).toThrow(BadUserInputError);
  });

  it.each(['sk-proj-', 'sk-proj-work', 'sk-proj-…-own', 'and words', 'our own', 'Ab3dE5', 'own'])(
    'may be %j',
    (name) => {
      expect(check(name)).not.toThrow();
    },
  );

  it('is not a key of plain words either', () => {
    expect(check('for correcthorsebatterystaple', 'correcthorsebatterystaple')).toThrow(BadUserInputError);
    expect(check('tr0ub4dor', 'tr0ub4dor')).toThrow(BadUserInputError);
  });
});

describe('a key', () => {
  it('is no access token of this server', () => {
    expect(() => checkIsNoAccessToken(`ks_${'A'.repeat(43)}`)).toThrow(BadUserInputError);
    expect(() => checkIsNoAccessToken('ks_not-one-of-ours')).not.toThrow();
  });
});

describe('a name for a stored key', () => {
  const check = (masked: string, name: string) => () => checkNameIsNotMasked(masked, name);

  it.each([
    ['sk-proj-…WXYZ', 'sk-proj-a-shape-of-next-year-WXYZ'],
    ['sk-proj-…WXYZ', 'mine: (sk-proj-a-shape-of-next-year-WXYZ)'],
    ['…6789', 'key-of-alice-0123456789'],
    ['…6789', '"key-of-alice-0123456789"'],
    ['…6789', 'key=key-of-alice-0123456789;'],
    ['tvly-…78', 'tvly-12345678'],
  ])('is not a word that begins and ends as %s does: %s', (masked, name) => {
    expect(check(masked, name)).toThrow(BadUserInputError);
  });

  it.each([
    ['sk-proj-…WXYZ', 'sk-proj-…WXYZ'],
    ['sk-proj-…WXYZ', 'sk-proj-work'],
    ['sk-proj-…WXYZ', 'the one that ends in WXYZ'],
    ['…6789', 'ends in 6789'],
    ['…26', 'production-2026'],
    ['…', 'anything-at-all-of-any-length'],
    ['tvly-…', 'tvly-anything-at-all'],
  ])('of the form %s may be %j', (masked, name) => {
    expect(check(masked, name)).not.toThrow();
  });
});
