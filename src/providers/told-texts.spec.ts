import { ProviderUnavailableError } from '../outbound/upstream-error.js';
import { ToldTexts } from './told-texts.js';

const placed = (place: string, text: string) => ({ place, text });

function told(...pieces: [place: string, text: string][]): ToldTexts {
  const texts = new ToldTexts();
  for (const [place, text] of pieces) texts.add(placed(place, text));
  return texts;
}

describe('ToldTexts', () => {
  it('tells of a whole text what was not told yet, once', () => {
    const texts = told(['a', 'Hel'], ['a', 'lo']);
    expect(texts.rest(placed('a', 'Hello'))).toBe('');
    expect(texts.rest(placed('a', 'Hello world'))).toBe(' world');
    expect(texts.rest(placed('a', 'Hello world'))).toBe('');
    expect(texts.rest(placed('b', 'Hello'))).toBe('Hello');
    expect(texts.rest(placed('b', 'Hello'))).toBe('');
  });

  it.each(['Hell', 'Help me out', '', 'hello world'])(
    'believes the pieces where a whole text is %j',
    (text) => {
      expect(told(['a', 'Hello']).rest(placed('a', text))).toBe('');
    },
  );

  it('goes on where all that was told is how the whole answer begins, whatever the places', () => {
    const whole = [placed('0', 'One'), placed('1', ' two'), placed('2', ' three')];
    expect(told(['7', 'One'], ['9', ' tw']).restOfAll(whole)).toEqual([
      placed('1', 'o'),
      placed('2', ' three'),
    ]);
    expect(told(['7', 'One two three']).restOfAll(whole)).toEqual([]);
    expect(told().restOfAll(whole)).toEqual(whole);
  });

  it('goes by place, and by what is there, where the answer begins otherwise', () => {
    const whole = [placed('0', 'A'), placed('1', 'BC'), placed('2', 'D')];
    expect(told(['1', 'B'], ['x', 'D']).restOfAll(whole)).toEqual([placed('0', 'A'), placed('1', 'C')]);
  });

  it('stops an answer of pieces without end', () => {
    const texts = new ToldTexts();
    for (let count = 0; count < 10_000; count += 1) texts.add(placed(String(count), 'x'));
    texts.add(placed('0', 'x'));
    expect(() => texts.add(placed('more', 'x'))).toThrow(ProviderUnavailableError);
  });
});
