import ipaddr from 'ipaddr.js';
import type { IpAddress } from '../common/ip-address.js';

/**
 * The network that an address is in: `192.0.2.0/24`, `2001:db8:7::/48`. A customer's network of IPv6 is never larger (RFC 6177).
 */
export const networkOf = (address: IpAddress): string =>
  'octets' in address
    ? `${new ipaddr.IPv4([...address.octets.slice(0, 3), 0]).toString()}/24`
    : `${new ipaddr.IPv6([...address.parts.slice(0, 3), 0, 0, 0, 0, 0]).toString()}/48`;
