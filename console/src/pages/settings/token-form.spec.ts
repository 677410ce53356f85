import { emptyTokenForm, OTHER, tokenInput, tokenMistakes } from './token-form';

const now = new Date('2026-03-01T12:00:00.000Z');
const filled = { ...emptyTokenForm, name: ' report ', scopes: ['AUDIT'] as const };

describe('the form of an access token', () => {
  it('lasts as many days as were chosen', () => {
    expect(tokenInput({ ...filled, lifetime: '7' }, now)).toEqual({
      name: 'report',
      scopes: ['AUDIT'],
      expiresAt: '2026-03-08T12:00:00.000Z',
    });
  });

  it('lasts until the moment that was entered, where that was chosen', () => {
    const form = { ...filled, lifetime: OTHER, expiresAt: '2026-05-06T07:08' };
    expect(tokenInput(form, now).expiresAt).toBe(new Date(2026, 4, 6, 7, 8).toISOString());
    expect(tokenInput({ ...form, lifetime: '30' }, now).expiresAt).toBe('2026-03-31T12:00:00.000Z');
  });

  it('says what is missing', () => {
    expect(tokenMistakes(emptyTokenForm)).toEqual(['name', 'scopes']);
    expect(tokenMistakes({ ...filled, lifetime: OTHER })).toEqual(['expiresAt']);
    expect(tokenMistakes(filled)).toEqual([]);
  });
});
