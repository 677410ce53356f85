import { meaningOf, type MeaningPatterns } from './meaning-patterns.js';

const patterns: MeaningPatterns<'money' | 'key'> = [
  [/credit/, 'money'],
  [/key/, 'key'],
];

describe('meaningOf', () => {
  it('takes the first text that matches, and the first pattern that it matches', () => {
    expect(meaningOf(['hello', 'a key without credit', 'credit'], patterns)).toBe('money');
    expect(meaningOf(['a bad key', 'credit'], patterns)).toBe('key');
  });

  it.each([[[]], [['hello']], [[null, 7, { credit: 1 }, ['credit']]]])('finds nothing in %j', (texts) => {
    expect(meaningOf(texts, patterns)).toBeNull();
  });

  it('leaves no trace of a text in the engine', () => {
    meaningOf(['a key: sk-secret'], patterns);
    // The legacy static property is what keeps it.
    expect((RegExp as unknown as { input: string }).input).toBe('');
  });
});
