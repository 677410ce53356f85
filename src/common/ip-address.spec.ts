import { isWithin, parseAddress, parseNetwork } from './ip-address.js';

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is read from %s', (text, expected) => {
    expect(parseAddress(text)?.toString()).toBe(expected);
  });

  it.each([
    ...[
      '',
      'unknown',
      '_hidden',
      '10.0.0',
      '10.0.0.256',
      '010.0.0.1',
      '0x7f.1',
      '2130706433',
      '10.0.0.1:80',
      '10.0.0.1 ',
    ],
    ...[
      '[::1]',
      '::1::',
      ':::',
      '1:2:3:4:5:6:7:8:9',
      '::g',
      '::1/64',
      'fe80::1%'.padEnd(80, 'x'),
      '1'.repeat(100_000),
    ],
  ])('is not %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.7/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', '10.0.0.1', true],
    ['0.0.0.0/0', '::1', false],
  ])('%s holds %s: %p', (network, address, expected) => {
    expect(isWithin(parseAddress(address)!, parseNetwork(network)!)).toBe(expected);
  });
});
