import { isPublicAddress, isWithin, parseAddress, parseNetwork } from './ip-address.js';

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

describe('a public address', () => {
  const isPublic = (text: string): boolean => {
    const address = parseAddress(text);
    if (!address) throw new Error(`${text} is no address.`);
    return isPublicAddress(address);
  };

  it.each([
    ...[
      '8.8.8.8',
      '1.1.1.1',
      '93.184.216.34',
      '172.15.255.255',
      '172.32.0.1',
      '100.63.255.255',
      '223.255.255.255',
    ],
    ...['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888'],
    // What leads to a public one.
    ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2606:4700::5efe:808:808'],
  ])('is %s', (text) => {
    expect(isPublic(text)).toBe(true);
  });

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1'],
    ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1', '2001:db8::1'],
    ...['3fff::1', '5f00::1', '4000::1', 'e000::1', '2001:2::1', '2001:10::1', '2001:20::1'],
    // IPv4 inside IPv6: mapped, compatible, translated, of a local translator, 6to4, Teredo, of tunnels inside a site.
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:127.0.0.1', '::127.0.0.1', '::7f00:1', '::808:808'],
    ...['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::10.0.0.1', '64:ff9b:1::8.8.8.8'],
    ...['2002:7f00:1::1', '2002:a00:1::', '2002:808:808::1', '2001::a00:1', '2001:0:808:808::f7f7:f7f7'],
    ...['2606:4700::5efe:a00:1', '2606:4700::200:5efe:7f00:1'],
  ])('is not %s', (text) => {
    expect(isPublic(text)).toBe(false);
  });
});
