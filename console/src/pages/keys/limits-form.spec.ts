import { changesOf, type LimitsForm, limitsFormOf, mistakesIn } from './limits-form';
import type { Key } from './places';

const empty: LimitsForm = { models: '', uses: [], requests: '', tokens: '', cost: '', expiresAt: '' };
const limited = {
  allowedModels: ['gpt-5*', 'o4'],
  allowedUses: ['CHAT'],
  monthlyLimit: { requests: 100, tokens: null, cost: { amount: '20', currency: 'USD' } },
  expiresAt: '2030-01-02T03:04:05.678Z',
} as unknown as Key;

describe('the form of limits', () => {
  it('changes nothing where nothing was typed, seconds included', () => {
    const before = limitsFormOf(limited);
    expect(changesOf(before, before)).toEqual({});
    expect(changesOf({ ...before, uses: [...before.uses] }, before)).toEqual({});
  });

  it('changes what was typed, and nothing else', () => {
    const before = limitsFormOf(limited);
    expect(changesOf({ ...before, models: ' claude-* \n\n' }, before)).toEqual({
      allowedModels: ['claude-*'],
    });
    expect(changesOf({ ...empty, expiresAt: '2031-05-06T07:08' }, empty)).toEqual({
      expiresAt: new Date(2031, 4, 6, 7, 8).toISOString(),
    });
  });

  it('keeps the other limits of a month, for the API takes them together', () => {
    const before = limitsFormOf(limited);
    expect(changesOf({ ...before, tokens: '5000' }, before)).toEqual({
      monthlyLimit: { requests: 100, tokens: 5000, cost: { amount: '20', currency: 'USD' } },
    });
  });

  it('clears what was emptied', () => {
    expect(changesOf(empty, limitsFormOf(limited))).toEqual({
      allowedModels: null,
      allowedUses: null,
      monthlyLimit: null,
      expiresAt: null,
    });
  });

  it('takes an amount with a comma, as it is written elsewhere', () => {
    expect(changesOf({ ...empty, cost: ' 0,5 ' }, empty)).toEqual({
      monthlyLimit: { requests: null, tokens: null, cost: { amount: '0.5', currency: 'USD' } },
    });
  });

  it.each([
    ['requests', '0'],
    ['requests', '1.5'],
    ['tokens', '1e3'],
    ['tokens', '-1'],
    ['tokens', '99999999999999999999'],
    ['cost', '0'],
    ['cost', '0.00'],
    ['cost', 'ten'],
    ['cost', '1.000.000'],
  ] as const)('finds the mistake in %s of %s', (field, text) => {
    expect([...mistakesIn({ ...empty, [field]: text }, false)]).toEqual([field]);
  });

  it('finds the end that is half entered', () => {
    expect([...mistakesIn(empty, true)]).toEqual(['expiresAt']);
  });

  it('finds none in numbers and in empty fields', () => {
    expect(mistakesIn(empty, false).size).toBe(0);
    expect(mistakesIn({ ...empty, requests: ' 5 ', tokens: '12', cost: '0.01' }, false).size).toBe(0);
  });
});
