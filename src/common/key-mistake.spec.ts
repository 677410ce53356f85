import { generator, keyShapes } from '../../test/support/drawn-keys.js';
import { findKeyMistake } from './key-mistake.js';

const publicPrefixes = [
  ...[
    'sk-proj-',
    'sk-svcacct-',
    'sk-',
    'sk-ant-api03-',
    'sk-ant-',
    'AIza',
    'sk-or-v1-',
    'sk-or-',
    'gsk_',
    'xai-',
    'fc-',
    'BSA',
    'tvly-dev-',
    'tvly-',
  ],
];
const mistakeIn = (key: string): string | null => findKeyMistake(key, { shortest: 8, publicPrefixes });
const shapes = Object.entries(keyShapes(10));

describe('findKeyMistake', () => {
  it.each(shapes)('finds none in a key of %s', (_, makeKey) => {
    for (let count = 0; count < 500; count += 1) {
      const key = makeKey();
      expect([key, mistakeIn(key)]).toEqual([key, null]);
    }
  });

  it.each([
    'user:sk-litellm-4f3a9c',
    'pk|live|7f3a|9c21',
    'gateway-4f3a9c217d0e:sk-proj-Ab3dE5gH7jK9mN1pQ3sT5vW7',
    'sk-litellm-4f3a9c217d0e|sk-ant-api03-Ab3dE5gH7jK9mN1pQ3sT5',
    'abc.def~ghi_jkl-mno+pqr/stu=',
    'sk-no-key-required',
    'sk-local-not-needed',
    'my*own,key;chosen(by)hand',
    'sk-1234567890',
    "it's-our-own-key",
    'yourself-2026-x7',
    'a-shape-of-next-year-0123456789',
    'correcthorsebatterystaple',
    'lookout-for-me-4711',
    'sk-..-..-0123456789',
    'turkey-token-9f3a2c',
    'x'.repeat(7) + '-0123',
    'a-hidden_valley-4711',
    'sk-redactedness-4711',
    'not__masked-4711',
    'key-----4711',
    'team=sk-litellm-4f3a9c217d0e',
    'TEAM:sk-litellm-4f3a9c217d0e',
  ])('finds none in %j', (key) => {
    expect(mistakeIn(key)).toBeNull();
  });

  it.each([
    ...['sk-****1234', 'sk-proj-…WXYZ', 'sk-...1234', '••••••••wxyz', '…WXYZ', '*****', 'sk-*1234', 'AIza*'],
    ...['sk-proj-xxxxxxxxxxxx1234', 'sk-ant-api03-...', 'XXXXXXXXXXXXXXXX', 'fc-●●●●1234', '############'],
    ...['sk-xxxx1234', 'tvly-XXXXX', 'fc-xxxx', 'AIzaxxxx1234', 'xxxx-xxxx-xxxx', 'XXXX-XXXX-1234'],
    ...['sk-______1234', 'sk-proj-------1234', 'sk-~~~~~~wxyz', '______wxyz', 'sk-//////1234'],
    ...['sk-[hidden]', 'sk-proj-<redacted>', 'sk-[REDACTED]1234', 'sk-REDACTED', 'tvly-dev-redacted-wxyz'],
    ...['sk-proj-____', 'AIza----wxyz', 'sk-###1234', 'fc-???1234'],
    ...[
      'sk-\\u2022\\u20221234',
      'sk-\\u20261234',
      'sk-&bull;&bull;1234',
      'sk-&hellip;1234',
      'sk-%E2%80%A61234',
    ],
    ...['__HIDDEN__', 'sk-ant-(masked)wxyz', '__n8n_BLANK_VALUE_e5362baf', '_FLOWISE_BLANK_07167752-1a71'],
  ])('finds the mask of %j', (key) => {
    expect(mistakeIn(key)).toMatch(/masked/);
  });

  it.each([
    ...[
      '<key>',
      '<your-api-key>',
      '[YOUR_API_KEY]',
      '(key)',
      '{key}',
      '[REDACTED]',
      '{{ secrets.KEY }}',
      'YOUR_KEY',
      '<sk-proj-key>',
    ],
    ...['your-api-key', 'your_openai_api_key_here', 'sk-your-key', 'yourApiKey', 'fc-YOUR-API-KEY'],
    ...['api-key-here', 'sk-key-goes-here', 'insert-key-here', 'PASTE_KEY_HERE', 'replace-me', 'change_me'],
    ...[
      'changeme',
      'REPLACE_WITH_REAL_KEY',
      'undefined',
      'enter-api-key',
      'sk-replace-me',
      'tvly-your-token',
    ],
  ])('finds the placeholder in %j', (key) => {
    expect(mistakeIn(key)).toMatch(/placeholder/);
  });

  it.each([
    ...['OPENAI_API_KEY', '$OPENAI_API_KEY', '${OPENAI_API_KEY}', '%OPENAI_API_KEY%', 'GOOGLE_API_KEY='],
    ...['process.env.OPENAI_API_KEY', 'os.environ["OPENAI_API_KEY"]', 'sk-${SUFFIX}'],
    ...['import.meta.env.VITE_KEY', 'OPENAI_ORG_ID=org-0123456789'],
    ...['OPENAI=sk-0123456789abcdef', 'TAVILY=tvly-0123456789abcdef', 'K=AIza0123456789abcdef'],
  ])('finds the variable in %j', (key) => {
    expect(mistakeIn(key)).toMatch(/variable/);
  });

  it.each([
    ['https://api.openai.com/v1', /address/],
    ['op://vault/openai/key', /address/],
    ['{"apiKey":"sk-0123456789"}', /JSON/],
    ['["sk-0123456789"]', /JSON/],
    ['{ "type": "service_account" }', /JSON/],
    ['sk-0123 456789abcdef', /white space/],
    ['sk-0123\n456789abcdef', /white space/],
    ['Basic dXNlcjpwYXNzd29yZA==', /white space/],
    ['"sk-0123456789abcdef', /quotation mark/],
    ["sk-0123456789abcdef'", /quotation mark/],
    ['sk-0123456789","sk-abcdefghij', /quotation mark/],
    ['schlüssel-0123456789', /ASCII/],
    ['sk–proj–0123456789', /ASCII/],
    ['sk-1234', /8 to 4,096/],
    ['', /8 to 4,096/],
    ['a'.repeat(4_097), /8 to 4,096/],
  ])('finds what is wrong with %j', (key, expected) => {
    expect(mistakeIn(key)).toMatch(expected);
  });

  it.each(shapes)('finds two keys of %s, pasted one behind the other', (name, makeKey) => {
    for (let count = 0; count < 50; count += 1) {
      const [one, other] = [makeKey(), makeKey()];
      const isKnown = !/Serper|Mistral|next year/.test(name);
      expect([one, mistakeIn(one + one)]).toEqual([
        one,
        isKnown ? expect.stringMatching(/more than one key/) : null,
      ]);
      if (!isKnown) continue;
      for (const between of ['', ',', ';', ' ', '\n']) {
        const text = one + between + other;
        expect([text, mistakeIn(text)]).toEqual([text, expect.stringMatching(/more than one key/)]);
      }
    }
  });

  it('says nothing of the key, and takes no time for the longest', () => {
    const random = generator(11);
    const signs = [
      'your',
      '<',
      '[',
      '{',
      '"',
      "'",
      '-',
      '_',
      '.',
      'key',
      'x',
      '*',
      '$',
      '%',
      ' ',
      'sk-',
      'A_',
      'put',
    ];
    for (let count = 0; count < 300; count += 1) {
      const part = signs[Math.floor(random() * signs.length)]! + signs[Math.floor(random() * signs.length)]!;
      const mistake = mistakeIn(part.repeat(4_096 / part.length));
      expect(mistake ?? '').not.toContain(part.repeat(2));
    }
    expect((RegExp as unknown as { readonly $_: string }).$_).toBe('');
  });
});
