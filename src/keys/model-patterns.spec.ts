import { Draw } from '../../test/support/random/draw.js';
import { matchesAny } from './model-patterns.js';

describe('patterns of models', () => {
  it.each([
    ['gpt-5', ['gpt-5'], true],
    ['gpt-5.4', ['gpt-5'], false],
    ['gpt-5.4-mini', ['gpt-5*'], true],
    ['gpt-5.4-mini', ['*mini'], true],
    ['gpt-5.4-mini', ['gpt*mini'], true],
    ['gpt-5.4-mini', ['*'], true],
    ['gpt', ['gpt*gpt'], false],
    ['aba', ['ab*ba'], false],
    ['models/gemini-3', ['gemini-*'], false],
    ['o1', ['o?', 'o[1]', 'o\\d', '.*'], false],
    ['GPT-5', ['gpt-5'], false],
    ['gpt-5', [], false],
    ['claude', ['gpt*', 'claude'], true],
    ['', ['*'], true],
  ] as const)('%j matches %j: %s', (model, patterns, expected) => {
    expect(matchesAny(model, patterns)).toBe(expected);
  });

  it('match what the same regular expressions do', () => {
    const draw = new Draw(20261127);
    const drawText = (letters: string, most: number) =>
      draw.list(0, most, () => draw.pick(letters.split(''))).join('');
    let matched = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const [model, pattern] = [drawText('ab', 8), drawText('ab*', 6)];
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(model);
      if (expected) matched += 1;
      if (matchesAny(model, [pattern]) !== expected) throw new Error(`${pattern} for ${model}`);
    }
    expect(matched).toBeGreaterThan(2_000);
  });

  it('take no longer for many stars', () => {
    const model = 'a'.repeat(200);
    const patterns = Array.from({ length: 50 }, () => `${'*a'.repeat(99)}*b`);
    expect(matchesAny(model, patterns)).toBe(false);
  });
});
