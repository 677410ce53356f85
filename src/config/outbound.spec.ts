import { inspect } from 'node:util';
import { outboundVariables } from './outbound.js';

const read = (text: string) => outboundVariables.proxy.parse(text);

describe('OUTBOUND_PROXY_URL', () => {
  it.each([
    ['http://proxy.example:3128', { host: 'proxy.example:3128', isSecure: false, headers: {} }],
    ['http://proxy.example', { host: 'proxy.example:80', isSecure: false }],
    ['https://proxy.example/', { host: 'proxy.example:443', isSecure: true }],
    ['http://[2001:db8::1]:3128', { hostname: '2001:db8::1', port: 3128 }],
    [
      'http://user%40example:p%3Ass%2F%25@proxy.example:1',
      {
        headers: {
          'proxy-authorization': `Basic ${Buffer.from('user@example:p:ss/%').toString('base64')}`,
        },
      },
    ],
  ])('takes %s', (text, expected) => {
    const { host, hostname, port, isSecure, headers } = read(text);
    expect({ host, hostname, port, isSecure, headers }).toMatchObject(expected);
  });

  it.each([
    ['proxy.example:3128', 'must look like http://user:password@host:port'],
    ['socks5://proxy.example', 'must be a proxy that is spoken to in HTTP'],
    ['http://proxy.example/zq7', 'must have neither a path nor a query'],
    ['http://proxy.example?zq7', 'must have neither a path nor a query'],
    ['http://user:zq7#@proxy.example', 'must not contain #'],
    ['http://user:zq7%@proxy.example', 'contains a %'],
  ])('refuses %s, and does not quote it', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow('zq7');
  });

  it('prints no password', () => {
    const proxy = read('http://user:zq7@proxy.example');
    expect(inspect(proxy, { depth: null, showHidden: true }) + JSON.stringify(proxy)).not.toMatch(
      /zq7|dXNlcjp6cTc/,
    );
  });
});
