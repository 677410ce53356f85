import { JsonBounds } from './json-bounds.js';
import { ProviderUnavailableError } from './upstream-error.js';

function look(...pieces: string[]): () => void {
  const bounds = new JsonBounds();
  return () => {
    for (const piece of pieces) bounds.add(piece);
  };
}

describe('JsonBounds', () => {
  it('lets large texts pass, with any characters in them', () => {
    const text = JSON.stringify({ text: '[{",:\\'.repeat(100_000), more: ['\\', '"', '\\"'] });
    expect(look(text)).not.toThrow();
    expect(look(...(text.match(/[^]{1,7}/g) ?? []))).not.toThrow();
  });

  it('knows where a text ends, wherever the pieces are cut', () => {
    const texts = ['\\', '"', '\\"', '\\\\\\\\"[', '}]"{', '', ',:'.repeat(3), '\\\\n\\\\'.repeat(5)];
    const json = JSON.stringify([texts, { [texts.join('')]: texts }]);
    for (let cut = 1; cut < json.length; cut += 1) {
      for (const next of [1, 2, 5]) {
        const bounds = new JsonBounds();
        const pieces = [json.slice(0, cut), json.slice(cut, cut + next), json.slice(cut + next)];
        const areClosed = pieces.map((piece) => {
          bounds.add(piece);
          return bounds.isClosed;
        });
        expect(areClosed).toEqual([false, cut + next >= json.length, true]);
      }
    }
  });

  it('lets twenty thousand results pass', () => {
    expect(look(JSON.stringify(Array(20_000).fill({ title: 'a', url: 'b' })))).not.toThrow();
  });

  it.each([
    ['lists', '[],'],
    ['objects', '{},'],
    ['fields', '"a":1,'],
    ['numbers', '1,'],
    ['texts', '"",'],
  ])('stops very many %s', (_what, piece) => {
    expect(look(`[${piece.repeat(200_000)}`)).toThrow(ProviderUnavailableError);
    expect(look(...Array<string>(200).fill(piece.repeat(1_000)))).toThrow(ProviderUnavailableError);
  });

  it('stops what is nested without end', () => {
    expect(look('['.repeat(200), ']'.repeat(200), '['.repeat(200))).not.toThrow();
    expect(look('['.repeat(1_000))).toThrow(ProviderUnavailableError);
    expect(look('{"a":'.repeat(1_000))).toThrow(ProviderUnavailableError);
  });
});
