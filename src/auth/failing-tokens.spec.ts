import type { IncomingMessage } from 'node:http';
import { loadConfig } from '../config/load-config.js';
import { TrustedProxies } from '../edge/trusted-proxies.js';
import { FailingTokens } from './failing-tokens.js';

const config = loadConfig(
  { ENCRYPTION_KEY: '0123456789abcdef'.repeat(4), AUTH_JWT_SECRET: 'a secret that is long enough for HS256' },
  [],
);
const requestFrom = (remoteAddress?: string) =>
  ({ headers: {}, socket: { remoteAddress } }) as IncomingMessage;

describe('FailingTokens', () => {
  let failures: FailingTokens;
  beforeEach(() => {
    failures = new FailingTokens(new TrustedProxies(config));
  });

  /** @returns how many requests of these addresses are over the limit */
  const fail = (addresses: readonly (string | undefined)[]): number =>
    addresses.filter((address) => failures.count(requestFrom(address))).length;

  it('lets thirty of an address pass', () => {
    expect(fail(Array<string>(40).fill('192.0.2.1'))).toBe(10);
    expect(fail(['192.0.2.2'])).toBe(0);
  });

  it('counts a request once', () => {
    const request = requestFrom('192.0.2.1');
    for (let count = 0; count < 40; count += 1) expect(failures.count(request)).toBe(false);
    expect(fail(Array<string>(29).fill('192.0.2.1'))).toBe(0);
    const last = requestFrom('192.0.2.1');
    expect(failures.isOverLimit(last)).toBe(false);
    expect(failures.count(last)).toBe(true);
    expect(failures.isOverLimit(last)).toBe(true);
  });

  it('counts a network of IPv6 as one address, and a mapped address as IPv4', () => {
    expect(fail(Array.from({ length: 31 }, (_, index) => `2001:db8::${index.toString(16)}:1`))).toBe(1);
    expect(fail(['2001:db8:0:1::1'])).toBe(0);
    expect(
      fail(Array.from({ length: 31 }, (_, index) => (index % 2 ? '192.0.2.1' : '::ffff:192.0.2.1'))),
    ).toBe(1);
    expect(fail(Array(31).fill(undefined))).toBe(1);
  });
});
