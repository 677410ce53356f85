import { host, listOf, milliseconds, serverKey, trueOrFalse, wholeNumber } from './parsers.js';
import { baseUrl } from './url-parsers.js';
import { InvalidValueError } from './variable.js';

const refusals = (parse: (text: string) => unknown, texts: readonly string[]) => {
  for (const text of texts) expect(() => parse(text)).toThrow(InvalidValueError);
};

describe('parsers', () => {
  it('take whole numbers in plain decimal digits only', () => {
    expect(wholeNumber(0, 10)('10')).toBe(10);
    refusals(wholeNumber(0, 10), ['11', '-1', '+1', '1e1', '0x1', '01', '1.0', ' 1', '1 ', '١', 'NaN', '']);
  });

  it('take no delay that a timer cannot wait', () => {
    expect(milliseconds(0)('2147483647')).toBe(2_147_483_647);
    refusals(milliseconds(0), ['2147483648']);
    refusals(milliseconds(1), ['0']);
  });

  it('take true and false, and no other word for them', () => {
    expect(['true', 'false'].map(trueOrFalse)).toEqual([true, false]);
    refusals(trueOrFalse, ['TRUE', '1', 'yes']);
  });

  it('take addresses and names of hosts', () => {
    for (const text of [
      '0.0.0.0',
      '192.168.10.255',
      '::',
      'fe80::1',
      '::ffff:10.0.0.1',
      'localhost',
      'a-b.example',
    ])
      expect(host(text)).toBe(text);
    refusals(host, [
      '256.0.0.1',
      '1.2.3',
      '1.2.3.4.',
      '01.2.3.4',
      '[::1]',
      ':::',
      'a:b',
      'http://a',
      'a:80',
      '-a',
      'a b',
      `${'a'.repeat(64)}.b`,
    ]);
  });

  it('name the items of a list that are mistaken', () => {
    const parse = listOf(wholeNumber(1, 2));
    expect(parse('1, 2')).toEqual([1, 2]);
    expect(() => parse('1,3,')).toThrow(
      'item 2 must be a whole number from 1 to 2; item 3 must be a whole number from 1 to 2',
    );
  });

  it.each([
    '\tsk-abc \n',
    '"sk-abc"',
    '“sk-abc”,',
    'Bearer sk-abc',
    'export OPENAI_API_KEY="sk-abc";',
    '\ufeffsk-abc\u200b',
  ])('take a key without what was pasted with it: %j', (text) => {
    expect(serverKey(['sk-'])(text)).toBe('sk-abc');
  });

  it('refuse what is no key, and take words that only a server of its own asks for', () => {
    const parse = serverKey(['sk-']);
    refusals(parse, [
      'sk abc',
      'sk-\u00e9',
      ' ',
      'a'.repeat(4097),
      'sk-****abc',
      'your-api-key',
      '<key>',
      '$KEY',
    ]);
    for (const word of ['none', 'EMPTY', 'sk-no-key-required', 'x']) expect(parse(word)).toBe(word);
  });
});

describe('baseUrl', () => {
  it.each([
    ['https://api.example', 'https://api.example'],
    ['https://api.example/', 'https://api.example'],
    ['HTTPS://API.example:443//', 'https://api.example'],
    ['http://10.0.0.7:8080/openai/', 'http://10.0.0.7:8080/openai'],
    ['https://api.example/v1', 'https://api.example'],
    ['https://api.example/gateway/v1/', 'https://api.example/gateway'],
    ['https://api.example/v10', 'https://api.example/v10'],
  ])('makes of %s %s', (text, expected) => {
    expect(baseUrl('/v1')(text)).toBe(expected);
  });

  it('keeps a version path that is not to be dropped', () => {
    expect(baseUrl()('https://api.example/v1')).toBe('https://api.example/v1');
  });

  it('refuses other schemes, credentials, queries, fragments and stray spaces', () => {
    const rest = ['ftp://a', 'a.example', '//a', 'https://', 'https://u@a', 'https://u:p@a'];
    refusals(baseUrl(), [...rest, 'https://a?', 'https://a?b=c', 'https://a#', ' https://a', 'https://a\n']);
  });
});
