import { inputOf, type KeyForm, keyFormOf, mistakesOf } from './key-form';
import type { Place } from './places';

const openai = { provider: { provider: 'OPENAI' }, endpoint: null, key: { name: 'work' } } as Place;
const home = {
  provider: { provider: 'CUSTOM' },
  endpoint: { name: 'home', baseUrl: 'https://models.example/v1' },
  key: { name: null },
} as Place;
const empty: KeyForm = { name: '', expiresAt: '', verify: true, endpointName: '', baseUrl: '' };

describe('the form of a key', () => {
  it('begins with what the key that is replaced is called, and where it goes', () => {
    expect(keyFormOf(openai)).toEqual({ ...empty, name: 'work' });
    expect(keyFormOf(home)).toEqual({
      ...empty,
      endpointName: 'home',
      baseUrl: 'https://models.example/v1',
    });
    expect(keyFormOf(null)).toEqual(empty);
  });

  it('asks for what was entered alone', () => {
    expect(inputOf({ ...empty, verify: false }, openai)).toEqual({ provider: 'OPENAI', verify: false });
    expect(inputOf({ ...empty, name: ' mine ', expiresAt: '2031-05-06T07:08' }, openai)).toEqual({
      provider: 'OPENAI',
      verify: true,
      name: 'mine',
      expiresAt: new Date(2031, 4, 6, 7, 8).toISOString(),
    });
    expect(inputOf({ ...empty, endpointName: ' lab ', baseUrl: ' https://lab.example ' }, null)).toEqual({
      provider: 'CUSTOM',
      verify: true,
      endpoint: { name: 'lab', baseUrl: 'https://lab.example' },
    });
    expect(inputOf(keyFormOf(home), home).endpoint).toEqual(home.endpoint);
  });

  it('lacks a key, and of an endpoint what says where it goes', () => {
    const judge = (form: KeyForm, place: Place | null, hasKey: boolean) =>
      mistakesOf({ form, place, hasKey, hasHalfMoment: false, takenNames: ['home'] });
    expect(judge(empty, openai, true)).toEqual([]);
    expect(judge(empty, openai, false)).toEqual(['apiKey']);
    expect(judge(empty, null, false)).toEqual(['endpointName', 'baseUrl', 'apiKey']);
    expect(judge(keyFormOf(home), home, true)).toEqual([]);
  });

  it('does not last for ever where its end is half entered', () => {
    const judged = { form: empty, place: openai, hasKey: true, hasHalfMoment: true, takenNames: [] };
    expect(mistakesOf(judged)).toEqual(['expiresAt']);
  });

  it('does not replace a key where one was to be added', () => {
    const form = { ...empty, endpointName: ' home ', baseUrl: 'https://models.example' };
    const judged = { form, place: null, hasKey: true, hasHalfMoment: false, takenNames: ['home'] };
    expect(mistakesOf(judged)).toEqual(['nameTaken']);
  });
});
