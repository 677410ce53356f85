import { jest } from '@jest/globals';
import { VerifiedTokens } from './verified-tokens.js';

const MINUTE = 60_000;
const user = (lifetimeMs: number) => ({
  userId: 'alice',
  expiresAt: new Date(Date.now() + lifetimeMs),
  mayUseServerKeys: true,
  accessToken: null,
});

describe('VerifiedTokens', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('know whose a token is, and of no other one', () => {
    const tokens = new VerifiedTokens();
    const alice = user(60 * MINUTE);
    tokens.keep('a.b.c', alice);
    expect(tokens.find('a.b.c')).toBe(alice);
    expect(tokens.find('a.b.d')).toBeNull();
  });

  it('forget a token at the moment when it expires', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('a.b.c', user(1_000));
    jest.advanceTimersByTime(999);
    expect(tokens.find('a.b.c')).not.toBeNull();
    jest.advanceTimersByTime(1);
    expect(tokens.find('a.b.c')).toBeNull();
  });

  it('have the signature checked again after a minute', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('a.b.c', user(60 * MINUTE));
    jest.advanceTimersByTime(MINUTE + 1);
    expect(tokens.find('a.b.c')).toBeNull();
  });

  it('are 10,000 at the most', () => {
    const tokens = new VerifiedTokens();
    for (let count = 0; count <= 10_000; count += 1) tokens.keep(`token-${String(count)}`, user(MINUTE));
    expect(tokens.find('token-0')).toBeNull();
    expect(tokens.find('token-10000')).not.toBeNull();
  });
});
