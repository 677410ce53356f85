import { getProviderEntry, type ProviderId } from '../registry/provider-ids.js';
import { maskKey } from './key-shape.js';

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
