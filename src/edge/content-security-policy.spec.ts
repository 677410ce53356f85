import { contentSecurityPolicy, ownSockets } from './content-security-policy.js';

describe('a Content Security Policy', () => {
  it('has its directives in their order, each with its sources', () => {
    expect(
      contentSecurityPolicy({ 'default-src': ["'none'"], sandbox: [], 'img-src': ["'self'", 'data:'] }),
    ).toBe("default-src 'none'; sandbox; img-src 'self' data:");
  });
});

describe('the WebSockets of a page', () => {
  it.each(['localhost:4000', '127.0.0.1', 'keystream.example', '[::1]:4000'])('are those of %s', (host) => {
    expect(ownSockets(host)).toEqual([`ws://${host}`, `wss://${host}`]);
  });

  it.each([undefined, '', 'a b', "x; script-src 'unsafe-inline'", 'x, y', '*', '*.example', '[::1'])(
    'are of no host that is none: %j',
    (host) => {
      expect(ownSockets(host)).toEqual([]);
    },
  );
});
