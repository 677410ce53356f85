import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { TrustedProxies } from './trusted-proxies.js';

const configOf = (TRUST_PROXY: string): Config =>
  loadConfig(
    {
      TRUST_PROXY,
      ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
      AUTH_JWT_SECRET: 'a secret that is long enough for HS256',
    },
    [],
  );

const proxies = new TrustedProxies(configOf('10.0.0.0/8, 2001:db8:ffff::/48'));
const noProxies = new TrustedProxies(configOf(''));

function requestFrom(remoteAddress: string | undefined, forwardedFor?: string, forwardedProto?: string) {
  return {
    headers: { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': forwardedProto },
    socket: { remoteAddress },
  } as unknown as IncomingMessage;
}

describe('the client of a request', () => {
  it.each([
    ['no proxy', '203.0.113.1', undefined, '203.0.113.1'],
    ['a stranger that claims to be a proxy', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
    ['a proxy', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['a proxy, as IPv6 sockets show it', '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['a proxy with IPv6', '2001:db8:ffff::1', '2001:db8::7', '2001:db8::7'],
    ['several proxies', '10.0.0.1', '203.0.113.7, 10.0.0.3,10.0.0.2', '203.0.113.7'],
    ['a forger', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['a forger with a proxy’s address', '10.0.0.1', '10.0.0.9, 203.0.113.7', '203.0.113.7'],
    ['a proxy that adds the port', '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['a proxy that adds brackets and the port', '10.0.0.1', '[2001:db8::7]:443', '2001:db8::7'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that does not know', '10.0.0.1', '203.0.113.7, unknown', '10.0.0.1'],
    ['proxies of which one does not know', '10.0.0.1', '203.0.113.7, unknown, 10.0.0.2', '10.0.0.2'],
    ['proxies only', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    [
      'more proxies than there are',
      '10.0.0.1',
      `203.0.113.7,${Array(50).fill('10.0.0.2').join(',')}`,
      '10.0.0.2',
    ],
  ])('behind %s', (_, remoteAddress, forwardedFor, expected) => {
    expect(proxies.clientOf(requestFrom(remoteAddress, forwardedFor))?.toString()).toBe(expected);
  });

  it('is its socket’s where no proxy is trusted', () => {
    expect(noProxies.clientOf(requestFrom('127.0.0.1', '203.0.113.7'))?.toString()).toBe('127.0.0.1');
    expect(noProxies.protocolOf(requestFrom('127.0.0.1', '203.0.113.7', 'https'))).toBeNull();
  });

  it('is unknown where the socket is gone', () => {
    expect(proxies.clientOf(requestFrom(undefined, '203.0.113.7'))).toBeNull();
  });
});

describe('what a client speaks', () => {
  it.each([
    ['https', '203.0.113.7', 'https:'],
    ['HTTP', '203.0.113.7', 'http:'],
    ['wss', '203.0.113.7', 'https:'],
    ['ws', '203.0.113.7', 'http:'],
    ['http, https', '203.0.113.7', 'https:'],
    ['https, http', '203.0.113.7, 10.0.0.2', 'https:'],
    ['http, https, http', '203.0.113.7, 10.0.0.2', 'https:'],
    ['https', '203.0.113.7, 10.0.0.2', 'https:'],
    ['', '203.0.113.7', null],
    ['gopher', '203.0.113.7', null],
    ['constructor', '203.0.113.7', null],
    [undefined, '203.0.113.7', null],
  ])('is read from %p for %s: %p', (proto, forwardedFor, expected) => {
    expect(proxies.protocolOf(requestFrom('10.0.0.1', forwardedFor, proto))).toBe(expected);
    expect(proxies.protocolOf(requestFrom('203.0.113.1', forwardedFor, proto))).toBeNull();
  });
});
