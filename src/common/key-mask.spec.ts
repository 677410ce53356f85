import { Random } from '../../test/chaos/random.js';
import { KeyMask } from './key-mask.js';
import { Secret } from './secret.js';

const KEY = 'sk-proj-Ab3dEf6hIj9lMn2pQr5t';
const MASK = 'sk-proj-…Qr5t';
const PREFIXES = ['sk-', 'sk-proj-'];
const SERVER_MASK = '[key]';

const maskFor = (key: string, mask = MASK, publicPrefixes: readonly string[] = PREFIXES): KeyMask =>
  new KeyMask(Secret.fromText(key), { mask, publicPrefixes });

/** What is shown after each piece, and then at the end. */
function shownOf(keyMask: KeyMask, pieces: readonly string[]): string[] {
  const stream = keyMask.stream();
  return [...pieces.map((piece) => stream.push(piece)), stream.release()];
}

const onePerCharacter = (text: string): string[] => text.split('');

describe('a text in one piece', () => {
  it.each([
    ['no key', 'Nothing at all.', 'Nothing at all.'],
    ['nothing', '', ''],
    ['the key alone', KEY, MASK],
    ['it at the beginning', `${KEY} is it`, `${MASK} is it`],
    ['it at the end', `It is ${KEY}`, `It is ${MASK}`],
    ['it between line breaks', `\r\n${KEY}\r\n`, `\r\n${MASK}\r\n`],
    ['it between halves of characters', `\ud83d\ude00${KEY}\ud83d`, `\ud83d\ude00${MASK}\ud83d`],
    ['it twice, back to back', KEY + KEY, MASK + MASK],
    ['its beginning before it', `sk-proj-Ab3d${KEY}`, `sk-proj-Ab3d${MASK}`],
    ['all but its last character', KEY.slice(0, -1), KEY.slice(0, -1)],
    ['all but its first character', KEY.slice(1), KEY.slice(1)],
    ['it in capitals', KEY.toUpperCase(), KEY.toUpperCase()],
  ])('with %s', (_, text, expected) => {
    expect(maskFor(KEY).text(text)).toBe(expected);
    expect(maskFor(KEY, SERVER_MASK).text(text)).toBe(expected.replaceAll(MASK, SERVER_MASK));
  });

  it.each([
    ['of a few characters over and over', 'abababab', 'ab'],
    ['of one character', 'a'.repeat(40), 'a'],
  ])('shows nowhere a key %s', (_, key, unit) => {
    for (const mask of [`…${key.slice(-2)}`, SERVER_MASK]) {
      for (let count = 1; count < 200; count += 1) {
        expect(maskFor(key, mask).text(`<${unit.repeat(count)}>`)).not.toContain(key);
      }
    }
  });

  it('shows no key that the mask and the text about it would make together', () => {
    const key = 'sk-abcdefghsk-';
    expect(maskFor(key, 'sk-…sk-').text('sk-abcdefghsk-abcdefghsk-')).toBe('sk-…sk-sk-…sk-');
    const bracketed = 'abcdefg[';
    expect(maskFor(bracketed, SERVER_MASK).text(`abcdefg${bracketed}`)).toBe('abcdefg…');
    const named = '[key][key]';
    expect(maskFor(named, SERVER_MASK).text(`a${named}b`)).toBe('a…b');
  });

  it.each([8, 64, 4_096])('replaces a key of %i characters', (length) => {
    const key = 'Xy0'.repeat(2_000).slice(0, length - 1) + '!';
    expect(maskFor(key).text(`a${key}b`)).toBe(`a${MASK}b`);
  });

  it('leaves words alone that an operator has set in place of a key', () => {
    expect(maskFor('none', SERVER_MASK).text('none of these')).toBe('none of these');
  });

  it('is gone through once, with any key', () => {
    const text = 'a'.repeat(8_000_000);
    // Compared place by place, either would be 33 thousand million steps, and out of time.
    expect(maskFor(`b${'a'.repeat(4_095)}`).text(text)).toHaveLength(text.length);
    expect(maskFor(`${'a'.repeat(4_095)}b`).text(text)).toHaveLength(text.length);
  });
});

describe('a text in pieces', () => {
  const tooShortToRecognize = 'sk-proj-Ab3';

  it('is shown at once where it does not end with enough of the key', () => {
    const pieces = ['a', 'sk-', 'proj-', 'Ab3', ' and so on', 'sk-proj-Ab3'];
    expect(shownOf(maskFor(KEY), pieces)).toEqual([...pieces, '']);
  });

  it.each([
    ['eight characters, where the provider has no prefix', 'a1b2c3d4e5f6', [], 8],
    ['four behind a prefix', KEY, PREFIXES, 12],
    ['eight, where the prefix is short', 'sk-a1b2c3d4e5', PREFIXES, 8],
    ['four behind the longest prefix that it has', KEY, ['sk-proj-', 'sk-', 'sk-proj-Ab'], 14],
  ])('is held back from %s', (_, key, prefixes, from) => {
    const [shorter, long] = [key.slice(0, from - 1), key.slice(0, from)];
    expect(shownOf(maskFor(key, MASK, prefixes), [`It is ${shorter}`])).toEqual([`It is ${shorter}`, '']);
    expect(shownOf(maskFor(key, MASK, prefixes), [`It is ${long}`])).toEqual(['It is ', long]);
  });

  it('is shown with the piece that proves that it is not the key', () => {
    const pieces = ['It is sk-proj-Ab3d', 'Ef', '6h!', ' So.'];
    expect(shownOf(maskFor(KEY), pieces)).toEqual(['It is ', '', 'sk-proj-Ab3dEf6h!', ' So.', '']);
  });

  it('goes on being held back where another beginning of the key has begun in it', () => {
    const pieces = ['sk-proj-Ab3dEf', 'sk-proj-Ab3d', KEY.slice(12), '.'];
    expect(shownOf(maskFor(KEY), pieces)).toEqual(['', 'sk-proj-Ab3dEf', MASK, '.', '']);
  });

  it('is shown at its end, as far as it is not the whole key', () => {
    expect(shownOf(maskFor(KEY), ['It is ', KEY.slice(0, -1)])).toEqual(['It is ', '', KEY.slice(0, -1)]);
  });

  it('loses the rest of a key whose beginning was shown before it was long enough to be recognized', () => {
    const shown = shownOf(maskFor(KEY), onePerCharacter(`It is ${KEY}, no?`)).join('');
    expect(shown).toBe(`It is ${tooShortToRecognize}${MASK}, no?`);
  });

  it('has its key replaced, at any place where it is cut in two', () => {
    const text = `It is ${KEY}, no?`;
    for (let at = 0; at <= text.length; at += 1) {
      const beginning = text.slice('It is '.length, at);
      const alreadyShown = beginning.length <= tooShortToRecognize.length ? beginning : '';
      const shown = shownOf(maskFor(KEY), [text.slice(0, at), text.slice(at)]).join('');
      expect(shown).toBe(`It is ${alreadyShown}${MASK}, no?`);
    }
  });

  it.each([
    ['sk-abcds', 'sk-…'],
    ['sk-proj-abcs', 'sk-proj-…'],
    ['sk-proj-absk-proj-', 'sk-proj-…j-'],
  ])('never shows the short key %s, whose end begins its mask', (key, mask) => {
    const shown = shownOf(maskFor(key, mask), onePerCharacter(`<${key}${key}>`)).join('');
    expect(shown).not.toContain(key);
    expect(shown).toContain('…');
  });

  it('is what the obvious way makes of it, for any key and however it is cut', () => {
    const random = new Random('echo');
    for (let round = 0; round < 20_000; round += 1) {
      const { key, mask, prefixes, pieces } = randomCase(random);
      const shown = shownOf(maskFor(key, mask, prefixes), pieces);
      const inputs = JSON.stringify({ key, mask, prefixes, pieces });
      expect([inputs, shown]).toEqual([inputs, shownTheObviousWay(key, mask, prefixes, pieces)]);
      expect(shown.join('').includes(key)).toBe(false);
    }
  });
});

it('is of no use once the key is destroyed', () => {
  const secret = Secret.fromText(KEY);
  const stream = new KeyMask(secret, { mask: MASK, publicPrefixes: [] }).stream();
  stream.push(KEY.slice(0, 20));
  secret.destroy();
  expect(() => stream.push('a')).toThrow('destroyed');
  expect(() => stream.release()).toThrow('destroyed');
});

/** Keys of few different characters, and texts that are made of their pieces. */
function randomCase(random: Random) {
  const letters = random.pick(['a', 'ab', 'abc', 'sk-ab[']);
  const some = (length: number): string =>
    Array.from({ length }, () => random.pick(letters.split(''))).join('');
  const prefix = random.pick(['', 'a', 'ab', 'sk-', 'abcab-']);
  const key = prefix + some(random.integer(8, 20));
  const mask = random.pick([
    SERVER_MASK,
    `${random.pick([prefix, some(2)])}…${key.slice(key.length - random.integer(0, 4))}`,
  ]);
  const pieceOf = (): string => {
    const from = random.chance(0.6) ? 0 : random.integer(0, key.length);
    return random.pick([key, key.slice(from), key.slice(0, random.integer(0, key.length)), some(2), '']);
  };
  const text = Array.from({ length: random.integer(1, 6) }, pieceOf).join('');
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = random.pick([1, random.integer(1, 6), random.integer(1, 40)]);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return { key, mask, prefixes: prefix === '' ? [] : [prefix], pieces };
}

/** Character by character: when what would be shown ends with the key, as much of that as was not shown is replaced. */
function shownTheObviousWay(
  key: string,
  wish: string,
  prefixes: readonly string[],
  pieces: readonly string[],
): string[] {
  const holdFrom = Math.max(8, ...prefixes.map((prefix) => prefix.length + 4));
  const apartAt = wish.split('').findIndex((character) => !key.includes(character));
  const wished = wish.slice(0, Math.max(apartAt, 0));
  const mayEndKey = key.split('').some((_, index) => index > 0 && wished.startsWith(key.slice(index)));
  const isFit = apartAt >= 0 && (key.startsWith(wished) || !mayEndKey);
  const [mask, lead] = isFit ? [wish, wished] : ['…', ''];
  const isRisky = Array.from(key, (_, index) => index).some(
    (index) => index > 0 && index < holdFrom && lead.startsWith(key.slice(index)),
  );
  let text = '';
  let shownTo = 0;
  const shown = pieces.map((piece) => {
    const before = shownTo;
    for (const character of piece.split('')) {
      text += character;
      if (!text.endsWith(key)) continue;
      const isBegun = text.length - key.length < shownTo;
      text = text.slice(0, isBegun ? shownTo : text.length - key.length);
      text += isBegun && isRisky ? mask.slice(lead.length) : mask;
      shownTo = text.length;
    }
    const beginnings = Array.from(key, (_, index) => key.slice(0, index)).reverse();
    const matched = beginnings.find((beginning) => text.endsWith(beginning))?.length ?? 0;
    shownTo = text.length - (matched < holdFrom ? 0 : Math.min(matched, text.length - shownTo));
    return text.slice(before, shownTo);
  });
  return [...shown, text.slice(shownTo)];
}
