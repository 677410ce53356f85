import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { ToldTexts } from './told-texts.js';

const placed = (place: string, text: string, paragraph = place) => ({ place, text, paragraph });

function told(...pieces: [place: string, text: string][]): ToldTexts {
  const texts = new ToldTexts();
  for (const [place, text] of pieces) texts.add(placed(place, text));
  return texts;
}

describe('ToldTexts', () => {
  it('tells of a whole text what was not told yet, once', () => {
    const texts = told(['a', 'Hel'], ['a', 'lo']);
    expect(texts.rest(placed('a', 'Hello')).text).toBe('');
    expect(texts.rest(placed('a', 'Hello world')).text).toBe(' world');
    expect(texts.rest(placed('a', 'Hello world')).text).toBe('');
    expect(texts.rest(placed('b', 'Hello')).text).toBe('Hello');
    expect(texts.rest(placed('b', 'Hello')).text).toBe('');
  });

  it.each(['Hell', 'Help me out', '', 'hello world'])(
    'believes the pieces where a whole text is %j',
    (text) => {
      expect(told(['a', 'Hello']).rest(placed('a', text)).text).toBe('');
    },
  );

  it('goes on where all that was told is how the whole answer begins, whatever the places', () => {
    const whole = [placed('0', 'One'), placed('1', ' two'), placed('2', ' three')];
    expect(told(['7', 'One'], ['9', ' tw']).restOfAll(whole)).toEqual([
      placed('1', 'o', '9'),
      placed('2', ' three', 'closing 2'),
    ]);
    expect(told(['7', 'One two three']).restOfAll(whole)).toEqual([]);
    expect(
      told()
        .restOfAll(whole)
        .map(({ text }) => text),
    ).toEqual(['One', ' two', ' three']);
  });

  it('goes by place, and by what is there, where the answer begins otherwise', () => {
    const whole = [placed('0', 'A'), placed('1', 'BC'), placed('2', 'D')];
    expect(told(['1', 'B'], ['x', 'D']).restOfAll(whole)).toEqual([
      placed('0', 'A', 'closing 0'),
      placed('1', 'C', '1'),
    ]);
  });

  it('finds the pieces of a whole text in another place, where they came last', () => {
    const texts = told(['a', 'Hel']);
    expect(texts.rest(placed('b', 'Hello'))).toEqual(placed('b', 'lo', 'a'));
    expect(texts.rest(placed('b', 'Hello')).text).toBe('');
    // What has come whole is another text.
    expect(texts.rest(placed('c', 'Hello'))).toEqual(placed('c', 'Hello'));
  });

  it('takes a text in the end for one that was told once', () => {
    const whole = ['x', 'One', 'One', 'One'].map((text, index) => placed(`end ${index}`, text));
    expect(told(['a', 'One'], ['b', 'O']).restOfAll(whole)).toEqual([
      placed('end 0', 'x', 'closing end 0'),
      placed('end 2', 'ne', 'b'),
      placed('end 3', 'One', 'closing end 3'),
    ]);
  });

  it('stops an answer of pieces without end', () => {
    const texts = new ToldTexts();
    for (let count = 0; count < 2_000; count += 1) texts.add(placed(String(count), 'x'));
    texts.add(placed('0', 'x'));
    expect(() => texts.add(placed('more', 'x'))).toThrow(ProviderUnavailableError);
    const whole = Array.from({ length: 2_001 }, (_, index) => placed(String(index), 'x'));
    expect(() => told().restOfAll(whole)).toThrow(ProviderUnavailableError);
  });
});
