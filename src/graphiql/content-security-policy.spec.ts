import { contentSecurityPolicy } from './content-security-policy.js';

describe('contentSecurityPolicy', () => {
  it.each(['localhost:4000', '127.0.0.1', 'keystream.example', '[::1]:4000'])(
    'allows the WebSocket of %s',
    (host) => {
      expect(contentSecurityPolicy(host)).toContain(`connect-src 'self' ws://${host} wss://${host};`);
    },
  );

  it.each([undefined, '', 'a b', "x; script-src 'unsafe-inline'", 'x, y', '*', '*.example', '[::1'])(
    'names no host that is none: %j',
    (host) => {
      expect(contentSecurityPolicy(host)).toContain("connect-src 'self';");
    },
  );
});
