import { generator, keyShapes } from '../../test/support/drawn-keys.js';
import { cleanKey } from './clean-key.js';

/** What gateways, and people who choose keys themselves, have for keys. */
const gatewayKeys = [
  'user:sk-litellm-4f3a9c',
  'pk|live|7f3a|9c21',
  'team-key:4f3a9c217d',
  'key:4f3a9c217d',
  'portkey:virtual:4f3a/9c=',
  'team-key==',
  'c2VjcmV0LWtleQ==',
  'abc.def~ghi_jkl-mno+pqr/stu=',
  'sk-or-v1-0123456789abcdef',
  'a:b:c|d=e',
  'key-of-alice-0123456789',
  'bearer-of-bad-news-42',
  'export-key-9f3',
  '-H4f3a9c217d0e',
  '--api-key-of-alice-42',
  'abc.key.def=ghi0123',
  '$key4f3a9c217d',
  '-4f3a9c217d0e=',
  '4f3a9c217d0e\\',
];

/** Each takes nothing away of the key. */
const wrappings: Readonly<Record<string, (key: string) => string>> = {
  spaces: (key) => `  ${key}\t`,
  'a line break': (key) => `${key}\r\n`,
  'a no-break space': (key) => `\u00a0${key}\u202f`,
  'a byte order mark': (key) => `\ufeff${key}`,
  'zero-width spaces': (key) => `\u200b${key.slice(0, 5)}\u200d${key.slice(5)}\u2060`,
  'marks of direction': (key) => `\u202a${key}\u202c`,
  'double quotes': (key) => `"${key}"`,
  'single quotes': (key) => `'${key}'`,
  'back quotes': (key) => `\`${key}\``,
  'three back quotes': (key) => `\`\`\`${key}\`\`\``,
  'English quotes': (key) => `“${key}”`,
  'German quotes': (key) => `„${key}“`,
  'single typographic quotes': (key) => `‘${key}’`,
  'French quotes': (key) => `« ${key} »`,
  'escaped quotes': (key) => `\\"${key}\\"`,
  'a comma': (key) => `${key},`,
  'a semicolon': (key) => `${key};`,
  'a line break as JSON writes it': (key) => `${key}\\n`,
  Bearer: (key) => `Bearer ${key}`,
  'bearer, small': (key) => `bearer  ${key}`,
};
/** Once around what is wrapped: who names a variable twice has pasted something else. */
const labels: Readonly<Record<string, (key: string) => string>> = {
  'a header': (key) => `Authorization: Bearer ${key}`,
  'a header, small': (key) => `authorization: bearer ${key}`,
  'a header without a scheme': (key) => `Authorization: ${key}`,
  'a header of its own': (key) => `x-api-key: ${key}`,
  'a header of its own, tightly': (key) => `X-API-Key:${key}`,
  "Google's header": (key) => `x-goog-api-key: ${key}`,
  "Brave's header": (key) => `X-Subscription-Token: ${key}`,
  "curl's option": (key) => `-H "x-api-key: ${key}"`,
  "curl's long option": (key) => `--header 'Authorization: Bearer ${key}'`,
  'a variable': (key) => `OPENAI_API_KEY=${key}`,
  'a variable, in quotes': (key) => `GOOGLE_GENERATIVE_AI_API_KEY="${key}"`,
  'a variable with spaces': (key) => `SERPER_API_KEY = '${key}'`,
  'a variable in YAML': (key) => `TAVILY_API_KEY: ${key}`,
  'a variable in YAML, tightly': (key) => `TAVILY_API_KEY:${key}`,
  'a variable that is exported': (key) => `export ANTHROPIC_API_KEY=${key}`,
  'a variable as the shell lists it': (key) => `declare -x OPENAI_KEY="${key}"`,
  'a variable on Windows': (key) => `set BRAVE_API_KEY=${key}`,
  'a variable of PowerShell': (key) => `$env:OPENAI_API_KEY = "${key}"`,
  'a lasting variable on Windows': (key) => `setx FIRECRAWL_API_KEY "${key}"`,
  'a variable of a container': (key) => `-e OPENAI_API_KEY=${key}`,
  'a field of JSON': (key) => `"apiKey": "${key}",`,
  'a variable in JSON': (key) => `"OPENAI_API_KEY":"${key}"`,
  'a constant': (key) => `const apiKey = "${key}";`,
  'a parameter': (key) => `api_key='${key}',`,
  'a parameter of an address': (key) => `key=${key}`,
  'a line in quotes': (key) => `'OPENAI_API_KEY=${key}'`,
  'an item of a list in YAML': (key) => `- OPENAI_API_KEY=${key}`,
  'a field of an item in YAML': (key) => `  - apiKey: "${key}"`,
  'a line that is commented out': (key) => `# TAVILY_API_KEY=${key}`,
  'a prompt': (key) => `$ export BRAVE_API_KEY=${key}`,
  'an option of a command': (key) => `--api-key=${key}`,
  'an option of a command, and a space': (key) => `--api-key "${key}"`,
  'an option of a build': (key) => `--build-arg SERPER_API_KEY=${key}`,
  'a property': (key) => `spring.ai.openai.api-key=${key}`,
  'a property in code': (key) => `openai.api_key = "${key}"`,
  'a property in YAML': (key) => `openai.apiKey: ${key}`,
  'a parameter of an address, with its sign': (key) => `?key=${key}`,
  'a further parameter of an address': (key) => `&api_key=${key}`,
  'a variable of a script': (key) => `$OPENAI_API_KEY='${key}';`,
  "a line of curl's that goes on": (key) => `-H "Authorization: Bearer ${key}" \\`,
};

const shapes = Object.entries(keyShapes(8));

describe('cleanKey', () => {
  it.each(shapes)('leaves a key of %s as it is', (_, makeKey) => {
    for (let count = 0; count < 500; count += 1) {
      const key = makeKey();
      expect(cleanKey(key)).toBe(key);
    }
  });

  it.each(gatewayKeys)('leaves %j as it is', (key) => {
    expect(cleanKey(key)).toBe(key);
  });

  it.each(Object.entries({ ...wrappings, ...labels }))('takes %s away', (_, wrap) => {
    for (const [, makeKey] of shapes) {
      const key = makeKey();
      expect(cleanKey(wrap(key))).toBe(key);
    }
    for (const key of gatewayKeys) expect([wrap(key), cleanKey(wrap(key))]).toEqual([wrap(key), key]);
  });

  it('takes them away in any order, until nothing is left to take away', () => {
    const random = generator(9);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
    const [around, before] = [Object.values(wrappings), Object.values(labels)];
    for (let count = 0; count < 3_000; count += 1) {
      const key = pick(shapes)[1]();
      const [inner, label, outer, last] = [pick(around), pick(before), pick(around), pick(around)];
      const pasted = last(outer(label(inner(key))));
      expect([pasted, cleanKey(pasted)]).toEqual([pasted, key]);
    }
  });

  it.each([
    ['a name of something else', 'OPENAI_ORG_ID=org-0123456789'],
    ['a name without a value', 'OPENAI_API_KEY='],
    ['one quote', '"sk-0123456789abcdef'],
    ['white space inside', 'sk-0123 456789abcdef'],
    ['a soft hyphen, which may have been a hyphen', 'sk\u00adproj0123456789'],
    ['a quote in the middle', "it's-our-own-key"],
    ['two fields of JSON', '"a": "b", "apiKey": "c"'],
    ['a scheme that is another', 'Basic dXNlcjpwYXNzd29yZA=='],
  ])('leaves what is not certain: %s', (_, text) => {
    expect(cleanKey(text)).toBe(text);
  });

  it('ends for any input, and leaves what is longer than any key', () => {
    const hostile = [
      '"',
      "'",
      ',',
      ';',
      ' ',
      '\\n',
      '\\"',
      'Bearer ',
      'export ',
      '-e ',
      'A_KEY=',
      '\u200b',
      'key: "',
    ];
    for (const part of hostile) {
      expect(cleanKey(part.repeat(8_192 / part.length))).toEqual(expect.any(String));
      expect(cleanKey(part.repeat(200_000))).toBe(part.repeat(200_000));
    }
  });

  it('leaves nothing of the key with the engine of regular expressions', () => {
    cleanKey('export OPENAI_API_KEY="sk-0123456789abcdef";\n');
    expect((RegExp as unknown as { readonly $_: string }).$_).toBe('');
  });
});
