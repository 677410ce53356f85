import { TextBuffer } from './text-buffer.js';

describe('TextBuffer', () => {
  it('gives what came, once, however small the pieces were', () => {
    const buffer = new TextBuffer();
    const text = Array.from({ length: 5_000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
    for (const character of text) buffer.append(character);
    expect(buffer.length).toBe(5_000);
    expect(buffer.take()).toBe(text);
    expect([buffer.length, buffer.take()]).toEqual([0, '']);
  });
});
