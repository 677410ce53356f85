import { KeyMask } from '../common/key-mask.js';
import { Secret } from '../common/secret.js';
import { maskValue } from './mask-value.js';

const KEY = 'sk-a-key-of-nobody';
const mask = new KeyMask(Secret.fromText(KEY), { mask: '[key]', publicPrefixes: [] });

describe('maskValue', () => {
  it.each([undefined, null, true, 7, 'words', [], {}, [1, [2, { a: null }]], { a: { b: ['c'] } }])(
    'leaves %j as it is',
    (value) => {
      expect(maskValue(value, mask)).toEqual(value);
    },
  );

  it('replaces the key in texts and names, however deep they stand', () => {
    const value = JSON.parse(
      `{"query": "${KEY}", "a": [1, ["${KEY}!", {"${KEY}": {"b": "<${KEY}>"}}]], "__proto__": "${KEY}"}`,
    ) as unknown;
    const masked = maskValue(value, mask);
    expect(JSON.stringify(masked)).toBe(
      '{"query":"[key]","a":[1,["[key]!",{"[key]":{"b":"<[key]>"}}]],"__proto__":"[key]"}',
    );
    expect(JSON.stringify(value)).toContain(KEY);
  });

  it('goes as deep as a parser does', () => {
    const depth = 100_000;
    const value = JSON.parse(`${'['.repeat(depth)}"${KEY}"${']'.repeat(depth)}`) as unknown;
    let masked = maskValue(value, mask);
    for (let level = 0; level < depth; level += 1) masked = (masked as unknown[])[0];
    expect(masked).toBe('[key]');
  });
});
