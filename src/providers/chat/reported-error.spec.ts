import { errorIn } from './reported-error.js';

const error = { code: 'x', message: 'y' };

describe('errorIn', () => {
  it.each([
    ['under its name', { error }, '', error],
    ['with a type', { type: 'error', error, request_id: 'r' }, '', error],
    ['in a list', [{ error }], '', error],
    ['in a list, behind others', [{ hello: 1 }, null, { error }], '', error],
    ['as an event that is called so', { type: 'error', ...error }, '', { type: 'error', ...error }],
    ['as an event that is named so', error, 'error', error],
    ['as an object that is called so', { object: 'error', ...error }, '', { object: 'error', ...error }],
    ['with nothing in it', { error: {} }, '', {}],
    ['as an event without data', undefined, 'error', {}],
    ['as a sentence beside its code', { error: 'no', code: 'x' }, '', { error: 'no', code: 'x' }],
    [
      'as null, of an event that is called so',
      { type: 'error', error: null },
      '',
      { type: 'error', error: null },
    ],
  ])('finds one %s', (_name, data, type, found) => {
    expect(errorIn(data, type)).toEqual(found);
  });

  it.each([
    [{ type: 'response.created', error: null, response: { error } }],
    [{ error: null }],
    [{ error: '' }],
    [{ error: false }],
    [{ candidates: [{ error }] }],
    [[]],
    [[[]]],
    ['error'],
    [7],
    [null],
    [undefined],
  ])('finds none in %j', (data) => {
    expect(errorIn(data)).toBeUndefined();
  });
});
