import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { DeliveredTexts } from './delivered-texts.js';

const placed = (place: string, text: string, paragraph = place) => ({ place, text, paragraph });

function delivered(...pieces: [place: string, text: string][]): DeliveredTexts {
  const texts = new DeliveredTexts();
  for (const [place, text] of pieces) texts.add(placed(place, text));
  return texts;
}

describe('DeliveredTexts', () => {
  it('returns the part of a whole text that was not delivered yet, once', () => {
    const texts = delivered(['a', 'Hel'], ['a', 'lo']);
    expect(texts.rest(placed('a', 'Hello')).text).toBe('');
    expect(texts.rest(placed('a', 'Hello world')).text).toBe(' world');
    expect(texts.rest(placed('a', 'Hello world')).text).toBe('');
    expect(texts.rest(placed('b', 'Hello')).text).toBe('Hello');
    expect(texts.rest(placed('b', 'Hello')).text).toBe('');
  });

  it('knows a text again, however its pieces were cut', () => {
    const whole = 'Größe 😀 of plums, and of quinces';
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const texts = delivered(['a', whole.slice(0, cut)], ['a', whole.slice(cut)]);
      expect(texts.rest(placed('a', `${whole}.`)).text).toBe('.');
      expect(texts.restOfAll([placed('b', `${whole}. More`)])).toMatchObject([{ text: ' More' }]);
    }
  });

  it.each(['Hell', 'Help me out', '', 'hello world'])(
    'believes the pieces where a whole text is %j',
    (text) => {
      expect(delivered(['a', 'Hello']).rest(placed('a', text)).text).toBe('');
    },
  );

  it('continues where all that was delivered is how the whole answer begins, at any places', () => {
    const whole = [placed('0', 'One'), placed('1', ' two'), placed('2', ' three')];
    expect(delivered(['7', 'One'], ['9', ' tw']).restOfAll(whole)).toEqual([
      placed('1', 'o', '9'),
      placed('2', ' three', 'closing 2'),
    ]);
    expect(delivered(['7', 'One two three']).restOfAll(whole)).toEqual([]);
    expect(
      delivered()
        .restOfAll(whole)
        .map(({ text }) => text),
    ).toEqual(['One', ' two', ' three']);
  });

  it('goes by place, and by what is there, where the answer begins otherwise', () => {
    const whole = [placed('0', 'A'), placed('1', 'BC'), placed('2', 'D')];
    expect(delivered(['1', 'B'], ['x', 'D']).restOfAll(whole)).toEqual([
      placed('0', 'A', 'closing 0'),
      placed('1', 'C', '1'),
    ]);
  });

  it('finds the pieces of a whole text in another place, where they came last', () => {
    const texts = delivered(['a', 'Hel']);
    expect(texts.rest(placed('b', 'Hello'))).toEqual(placed('b', 'lo', 'a'));
    expect(texts.rest(placed('b', 'Hello')).text).toBe('');
    // What has come whole is another text.
    expect(texts.rest(placed('c', 'Hello'))).toEqual(placed('c', 'Hello'));
  });

  it('matches a text of the closing answer with one that was delivered, once', () => {
    const whole = ['x', 'One', 'One', 'One'].map((text, index) => placed(`end ${index}`, text));
    expect(delivered(['a', 'One'], ['b', 'O']).restOfAll(whole)).toEqual([
      placed('end 0', 'x', 'closing end 0'),
      placed('end 2', 'ne', 'b'),
      placed('end 3', 'One', 'closing end 3'),
    ]);
  });

  it('stops an answer of pieces without end', () => {
    const texts = new DeliveredTexts();
    for (let count = 0; count < 2_000; count += 1) texts.add(placed(String(count), 'x'));
    texts.add(placed('0', 'x'));
    expect(() => texts.add(placed('more', 'x'))).toThrow(ProviderUnavailableError);
    const whole = Array.from({ length: 2_001 }, (_, index) => placed(String(index), 'x'));
    expect(() => delivered().restOfAll(whole)).toThrow(ProviderUnavailableError);
  });
});
