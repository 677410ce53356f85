import { allowedOrigin, canonicalOrigin, serverOrigin, wildcardOf } from './browser-origin.js';
import { InvalidValueError } from './variable.js';

describe('an origin that the operator allows', () => {
  it.each([
    ['https://App.example:443/', 'https://app.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['HTTP://APP.EXAMPLE:80', 'http://app.example'],
    ['https://app.example:80', 'https://app.example:80'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost/', 'ionic://localhost'],
    ['tauri://localhost:1420', 'tauri://localhost:1420'],
    ['chrome-extension://ABCDEFabcdef', 'chrome-extension://abcdefabcdef'],
    [
      'moz-extension://0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
      'moz-extension://0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
    ],
    ['app://.', 'app://.'],
    ['file://', 'file://'],
    ['https://*.Example.com', 'https://*.example.com'],
    ['http://*.example.com:8080', 'http://*.example.com:8080'],
    ['http://*.localhost:3000', 'http://*.localhost:3000'],
  ])('is read from %s', (text, expected) => {
    expect(allowedOrigin(text)).toBe(expected);
  });

  it.each([
    ...[
      'null',
      'app.example',
      'app.example:443',
      '//app.example',
      'https:app.example',
      'https://',
      'capacitor://',
    ],
    ...[
      'https://a/path',
      'https://a?',
      'https://a#',
      'https://u@a',
      'https://:p@a',
      'https:///a',
      'https://a b',
    ],
    ...[
      ' https://a',
      'https://a\n',
      'https://ä.example',
      'data:text/html,a',
      'blob:https://a/1',
      'file:///a',
      '',
    ],
    ...['wss://app.example', 'ws://localhost:3000', 'about:blank', 'https://a:99999', 'https://a,https://b'],
  ])('is not %j', (text) => {
    expect(() => allowedOrigin(text)).toThrow(InvalidValueError);
  });

  it.each([
    ...[
      '*',
      '*://a.example',
      'https://*',
      'https://*:443',
      'https://*.com',
      'https://*.',
      'https://*.*.example.com',
    ],
    ...[
      'https://*example.com',
      'https://a*.example.com',
      'https://**.example.com',
      'https://a.*.example.com',
    ],
    ...['https://example.*', 'https://*.example.com:*', 'https://%2a.example.com', 'https://*.example.com.'],
    ...['capacitor://*', 'chrome-extension://*', 'app://*.example.com', '*.example.com', 'https://*.1.1.1'],
  ])('may not hold * like %s', (text) => {
    expect(() => allowedOrigin(text)).toThrow(/\*/);
  });
});

describe('origins', () => {
  it('of servers are those of http and https', () => {
    expect(serverOrigin('HTTPS://App.Example:443')).toEqual({ protocol: 'https:', host: 'app.example' });
    expect(serverOrigin('http://app.example:443')).toEqual({ protocol: 'http:', host: 'app.example:443' });
    for (const text of [
      'null',
      'foo://a',
      'capacitor://localhost',
      'ws://a',
      'file://',
      'nonsense',
      'https://a/b',
    ])
      expect(serverOrigin(text)).toBeNull();
  });

  it('are none with anything beside scheme, host and port', () => {
    for (const text of [
      '',
      'null',
      'https://a/b',
      'https://a?',
      'https://u@a',
      'https://a https://b',
      `https://${'a'.repeat(300)}/b`,
    ])
      expect(canonicalOrigin(text)).toBeNull();
  });

  it.each([
    ['https://a.example.com', 'https://*.example.com'],
    ['https://a.b.example.com:8443', 'https://*.b.example.com:8443'],
    ['https://example.com', 'https://*.com'],
    ['https://localhost:1', 'https://localhost:1'],
    ['capacitor://a.example.com', 'capacitor://a.example.com'],
  ])('have one label that a wildcard stands for: %s is let in by %s', (origin, wildcard) => {
    expect(wildcardOf(origin)).toBe(wildcard);
  });
});
