import { findAuthorization } from './authorization.js';

describe('findAuthorization', () => {
  it.each([
    [{ authorization: 'Bearer a' }, 'Bearer a'],
    [{ Authorization: 'Bearer a' }, 'Bearer a'],
    [{ other: 1, AUTHORIZATION: 'Bearer a' }, 'Bearer a'],
    [{ authorization: 5 }, 5],
    [{ authorisation: 'Bearer a' }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
    ['authorization', undefined],
  ])('finds in %j %j', (fields, expected) => {
    expect(findAuthorization(fields)).toBe(expected);
  });

  it('gives nothing that could be a token where there are two', () => {
    expect(findAuthorization({ authorization: 'Bearer a', Authorization: 'Bearer b' })).not.toEqual(
      expect.any(String),
    );
  });
});
