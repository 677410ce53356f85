import { EndpointAddress, EndpointMistake, EndpointPolicy, type EndpointMode } from './endpoint-address.js';

const read = (text: string): string => EndpointAddress.read(text).baseUrl;
const refusal = (text: string, mode: EndpointMode): string | null =>
  new EndpointPolicy(mode).refusalOf(EndpointAddress.read(text));

describe('the address of an endpoint', () => {
  it.each([
    ['https://api.example/v1', 'https://api.example/v1'],
    ['https://api.example', 'https://api.example'],
    ['https://api.example///', 'https://api.example'],
    ['HTTPS://API.Example:443/V1//', 'https://api.example/V1'],
    ['https://api.example:8443/v1/', 'https://api.example:8443/v1'],
    ['http://api.example:80/v1', 'http://api.example/v1'],
    ['https://api.example./v1', 'https://api.example/v1'],
    ['https://api.example/a/../v1/./', 'https://api.example/v1'],
    ['https://api.example/a b'.replace(' ', '%20'), 'https://api.example/a%20b'],
    ['https://bücher.example/v1', 'https://xn--bcher-kva.example/v1'],
    ['https://ＡＰＩ.example/v1', 'https://api.example/v1'],
    ['https://api。example/v1', 'https://api.example/v1'],
    ['https://api%2eexample/v1', 'https://api.example/v1'],
    ['http://0x7f.1', 'http://127.0.0.1'],
    ['http://127.1:8000', 'http://127.0.0.1:8000'],
    ['http://2130706433', 'http://127.0.0.1'],
    ['http://017700000001', 'http://127.0.0.1'],
    ['http://127.0.0.1.', 'http://127.0.0.1'],
    ['http://[0:0::0]:1', 'http://[::]:1'],
    ['http://[::FFFF:127.0.0.1]', 'http://[::ffff:7f00:1]'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
    expect(read(read(text))).toBe(expected);
  });

  it.each([
    ['', 'must begin with https://'],
    ['api.example/v1', 'must begin with https://'],
    ['https:api.example', 'must begin with https://'],
    ['https:/api.example', 'must begin with https://'],
    ['https:///api.example', 'must begin with https://'],
    ['ftp://api.example', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['https://api.example/v1?key=zq7', 'neither a query (?) nor a fragment (#)'],
    ['https://api.example/v1?', 'neither a query (?) nor a fragment (#)'],
    ['https://api.example/v1#zq7', 'neither a query (?) nor a fragment (#)'],
    ['https://zq7:zq7@api.example', 'neither a user name nor a password'],
    ['https://zq7@api.example', 'neither a user name nor a password'],
    ['https://api.example\\@zq7.example', 'backslashes'],
    ['https://api.exa\tmple', 'control characters'],
    ['https://api.example /v1', 'no spaces'],
    ['\u200bhttps://api.example', 'control characters'],
    ['https://api.example/\u202e', 'control characters'],
    ['https://api.example:99999', 'its host or its port'],
    ['https://[::zq7]', 'its host or its port'],
    ['https://1.2.3.4.5', 'its host or its port'],
    ['https://256.1.1.1', 'its host or its port'],
    ['https://api..example', 'must name a host'],
    ['https://api.example..', 'must name a host'],
    ['https://.', 'must name a host'],
    [
      `https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}`,
      'must name a host',
    ],
    ['https://api.example/v1/chat/completions', 'must end before /chat/completions'],
    ['https://api.example/v1/models/', 'must end before /chat/completions'],
    [`https://api.example/${'a'.repeat(500)}`, 'at most 500 characters'],
    [`https://api.example/${'ü'.repeat(400)}`, 'at most 500 characters, written out'],
  ])('is not %j, and the message does not quote it', (text, message) => {
    expect(() => read(text)).toThrow(EndpointMistake);
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow('zq7');
  });

  it('is read in no time, however it is written', () => {
    const begin = performance.now();
    for (const odd of ['/', '.', '%', '@', '[', '/./', '/../']) {
      for (const length of [400, 100_000]) {
        try {
          read(`https://api.example/${odd.repeat(length)}`);
        } catch (error) {
          expect(error).toBeInstanceOf(EndpointMistake);
        }
      }
    }
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});

describe('CUSTOM_ENDPOINTS', () => {
  const publicOnes = [
    'https://api.example/v1',
    'https://api.example:443',
    'https://8.8.8.8',
    'https://[2606:4700::1]',
  ];
  const others = [
    ['http://api.example', 'https://'],
    ['https://api.example:8443', 'port 443'],
    ...[
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      '127.1',
      '0x7f.1',
      '0',
      '2130706433',
      '10.0.0.1',
      '169.254.169.254',
    ].map((host) => [`https://${host}`, 'public internet'] as const),
    ...['::', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::7f00:1', 'fd00::1'].map(
      (host) => [`https://[${host}]`, 'public internet'] as const,
    ),
  ] as const;

  it.each(publicOnes)('public lets users name %s', (text) => {
    expect(refusal(text, 'public')).toBeNull();
  });

  it.each(others)('public does not let users name %s', (text, message) => {
    expect(refusal(text, 'public')).toContain(message);
  });

  it('any lets users name them all, and off none', () => {
    for (const text of [...publicOnes, ...others.map(([other]) => other)]) {
      expect(refusal(text, 'any')).toBeNull();
      expect(refusal(text, 'off')).toContain('CUSTOM_ENDPOINTS');
    }
  });
});
