import { parseAddress } from '../common/ip-address.js';
import { networkOf } from './client-network.js';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['192.0.2.0', '192.0.2.0/24'],
    ['::ffff:198.51.100.7', '198.51.100.0/24'],
    ['2001:db8:7:1234::9', '2001:db8:7::/48'],
    ['2001:db8:7:ffff:ffff:ffff:ffff:ffff', '2001:db8:7::/48'],
    ['::1', '::/48'],
    ['fe80::1%eth0', 'fe80::/48'],
  ])('of %s is %s', (text, network) => {
    expect(networkOf(parseAddress(text)!)).toBe(network);
  });
});
