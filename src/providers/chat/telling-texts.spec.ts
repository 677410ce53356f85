import { meaningOf, type TellingTexts } from './telling-texts.js';

const telling: TellingTexts<'money' | 'key'> = [
  [/credit/, 'money'],
  [/key/, 'key'],
];

describe('meaningOf', () => {
  it('takes the first text that tells something, and of it the first pattern', () => {
    expect(meaningOf(['hello', 'a key without credit', 'credit'], telling)).toBe('money');
    expect(meaningOf(['a bad key', 'credit'], telling)).toBe('key');
  });

  it.each([[[]], [['hello']], [[null, 7, { credit: 1 }, ['credit']]]])('finds nothing in %j', (texts) => {
    expect(meaningOf(texts, telling)).toBeNull();
  });

  it('leaves no trace of a text in the engine', () => {
    meaningOf(['a key: sk-secret'], telling);
    // The legacy static property is what keeps it.
    expect((RegExp as unknown as { input: string }).input).toBe('');
  });
});
