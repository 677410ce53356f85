import { UnauthenticatedError } from './auth.errors.js';
import { requireUser } from './current-user.decorator.js';

describe('requireUser', () => {
  it('gives the user of the context', () => {
    const user = {
      userId: 'alice',
      expiresAt: new Date(0),
      mayUseServerKeys: true,
      accessToken: null,
      network: null,
    };
    expect(requireUser({ user })).toBe(user);
  });

  it('refuses a context without one', () => {
    expect(() => requireUser({ user: null })).toThrow(UnauthenticatedError);
    expect(() => requireUser({})).toThrow(UnauthenticatedError);
  });
});
