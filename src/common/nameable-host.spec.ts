import { isNameableHost } from './nameable-host.js';

describe('a host that a policy may name', () => {
  it.each(['localhost:4000', '127.0.0.1', 'keystream.example', 'my_service:8080', '[::1]:4000'])(
    'is %s',
    (host) => {
      expect(isNameableHost(host)).toBe(true);
    },
  );

  it.each([
    '',
    'a b',
    'x;sandbox',
    'x,y',
    "x'y",
    '*',
    '*.example',
    '[::1',
    'x:',
    'x:80:80',
    'x\n',
    'é.example',
  ])('is not %j', (host) => {
    expect(isNameableHost(host)).toBe(false);
  });
});
