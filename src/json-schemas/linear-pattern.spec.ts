import { linearPattern } from './linear-pattern.mjs';

const texts = [
  ...[
    '',
    'a',
    'A',
    'ab',
    'a-b',
    'é',
    '😀',
    '1',
    '_',
    '.',
    '-',
    '[',
    ']',
    '\\',
    '/',
    '[:a',
    'k<n>',
    'ak<n>',
    'x y',
  ],
  ...['\u00a0', '\u2028', '\ufeff', '\r', '\n', 'a\n', '\t', '\v', '\u200b'],
];

describe('a pattern in linear time', () => {
  it.each([
    ...[
      '^\\s$',
      '^\\S$',
      '^[\\s]$',
      '^[^\\s]$',
      '^[\\S]$',
      '^[^\\S]$',
      '^[\\s\\S]$',
      '^.$',
      '^[.]$',
      '^\\.$',
    ],
    ...[
      '^[^]$',
      '[]',
      '^[[]$',
      '^[a[]$',
      '[[:alpha:]]',
      '^[\\w-.]+$',
      '^[\\w\\s-.]+$',
      '^[.-\\s]+$',
      '^[\\s-a]$',
      '^[-\\s]$',
      '^[a\\s-]$',
      '[\\b]',
      '^\\-$',
      '^\\p{L}$',
      '^\\P{L}$',
      '^\\\\$',
      '^\\/$',
    ],
    ...[
      '^[\\]]$',
      '^\\w$',
      '\\b',
      'a{2}',
      '^(a|b)*$',
      '^(?:a|b)$',
      '^\\u{1F600}$',
      '^\\u0041$',
      '^\\x41$',
      '(?<name>a)',
    ],
  ])('means what ECMA-262 says: %s', (pattern) => {
    const own = linearPattern(pattern);
    const standard = isUnicode(pattern) ? new RegExp(pattern, 'u') : new RegExp(pattern);
    expect(texts.filter((text) => own.test(text))).toEqual(texts.filter((text) => standard.test(text)));
  });

  it.each([
    ...['(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', 'a{1001}', '(a{1000}){2}'],
    ...['(', '[', 'a**', '(?i)a', '(?P<n>a)', '\\Qa\\E', '\\A', '\\z', '\\pL', '\\C', '('.repeat(2_000)],
  ])('is refused where the two differ, or it is none: %s', (pattern) => {
    expect(() => linearPattern(pattern)).toThrow();
  });

  it('is told from others by its text', () => {
    expect(String(linearPattern('a'))).toBe('a');
  });

  it('is linear', () => {
    expect(linearPattern('^(a+)+$').test(`${'a'.repeat(100_000)}b`)).toBe(false);
  });
});

function isUnicode(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern, 'u'));
  } catch {
    return false;
  }
}
