import ipaddr from 'ipaddr.js';
import type { IpAddress } from '../common/ip-address.js';

/** How many of an address's first bits name its network. A customer's network of IPv6 is never larger (RFC 6177). */
const PREFIX_LENGTHS = { ipv4: 24, ipv6: 48 } as const;

/** The network that an address is in: `192.0.2.0/24`, `2001:db8:7::/48`. */
export function networkOf(address: IpAddress): string {
  const kind = address.kind();
  const family = kind === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const length = PREFIX_LENGTHS[kind];
  return `${family.networkAddressFromCIDR(`${address.toString()}/${length}`).toString()}/${length}`;
}
