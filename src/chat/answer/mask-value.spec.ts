import { KeyMask } from '../../common/key-mask.js';
import { Secret } from '../../common/secret.js';
import { maskValue } from './mask-value.js';

const KEY = 'sk-a-key-of-nobody';
const mask = new KeyMask(Secret.fromText(KEY), { mask: '[key]', publicPrefixes: [] });

describe('maskValue', () => {
  it.each([undefined, null, true, 7, 'words', [], {}, [1, [2, { a: null }]], { a: { b: ['c'] } }])(
    'leaves %j as it is',
    async (value) => {
      expect(await maskValue(value, mask)).toEqual(value);
    },
  );

  it('replaces the key in texts and names, however deep they stand', async () => {
    const value = JSON.parse(
      `{"query": "${KEY}", "a": [1, ["${KEY}!", {"${KEY}": {"b": "<${KEY}>"}}]], "__proto__": "${KEY}"}`,
    ) as unknown;
    const masked = await maskValue(value, mask);
    expect(JSON.stringify(masked)).toBe(
      '{"query":"[key]","a":[1,["[key]!",{"[key]":{"b":"<[key]>"}}]],"__proto__":"[key]"}',
    );
    expect(JSON.stringify(value)).toContain(KEY);
  });

  it('goes as deep as a parser does', async () => {
    const depth = 100_000;
    const value = JSON.parse(`${'['.repeat(depth)}"${KEY}"${']'.repeat(depth)}`) as unknown;
    let masked = await maskValue(value, mask);
    for (let level = 0; level < depth; level += 1) masked = (masked as unknown[])[0];
    expect(masked).toBe('[key]');
  });

  it.each([
    ['texts', Array.from({ length: 60_000 }, () => ({ a: KEY }))],
    ['names', Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`${KEY}${index}`, 1]))],
  ])('lets others have their turn between %s without end', async (_, value) => {
    let isMasking = true;
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (isMasking) setImmediate(count);
    };
    setImmediate(count);
    const masked = await maskValue(value, mask);
    isMasking = false;
    expect(turns).toBeGreaterThan(2);
    expect(JSON.stringify(masked)).not.toContain(KEY);
  });
});
