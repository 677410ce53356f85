import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** An address, and how many of its first bits count. */
export type Network = readonly [address: IpAddress, prefixLength: number];

/** Longer than any address, its zone included. */
const LONGEST_ADDRESS = 64;

/** What an IPv4 address takes of the IPv6 address that it is mapped to (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX_LENGTH = 96;

/**
 * Reads an IP address in its usual form: four decimal numbers, or RFC 4291's. An IPv4-mapped IPv6 address is its IPv4
 * address. What a zone says (`fe80::1%eth0`) is of use to this machine only, and is dropped.
 *
 * @returns null for anything else
 */
export function parseAddress(text: string): IpAddress | null {
  if (text.length > LONGEST_ADDRESS) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : new ipaddr.IPv6(address.parts);
}

/**
 * Reads an address, or a network (`10.0.0.0/8`, RFC 4632 and RFC 4291 section 2.3).
 *
 * @returns null for anything else
 */
export function parseNetwork(text: string): Network | null {
  const [addressText = '', lengthText, ...rest] = text.split('/', 3);
  const address = parseAddress(addressText);
  if (address === null || rest.length > 0) return null;
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  if (lengthText === undefined) return [address, bits];
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText)) return null;
  const isMapped = bits === 32 && addressText.includes(':');
  const length = Number(lengthText) - (isMapped ? MAPPED_PREFIX_LENGTH : 0);
  return length >= 0 && length <= bits ? [address, length] : null;
}

export function isWithin(address: IpAddress, [network, prefixLength]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, prefixLength);
}

/** Whether the address leads to this machine itself, where no one else can listen in. */
export function isLoopbackAddress(address: IpAddress): boolean {
  return address.range() === 'loopback';
}
