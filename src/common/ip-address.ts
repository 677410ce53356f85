import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** An address, and how many of its first bits count. */
export type Network = readonly [address: IpAddress, prefixLength: number];

/** Longer than any address, its zone included. */
const LONGEST_ADDRESS = 64;

/** The part of IPv6 that networks on the internet are given (RFC 4291 section 2.4, and IANA's registry of address space). */
const GIVEN_OUT: Network = [ipaddr.IPv6.parse('2000::'), 3];

/** What a translator makes of IPv4 addresses, for machines that have IPv6 alone (RFC 6052 section 2.1). */
const TRANSLATED: Network = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/** The third quarter of an address that tunnels inside a site, where an IPv4 address follows (RFC 5214 section 6.1). */
const ISATAP = 0x5efe;

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

/**
 * Whether an address is one of the internet: what ipaddr.js calls unicast, and for IPv6 is given out at all. An address
 * that leads to an IPv4 one is as public as that: mapped, translated, or of a tunnel inside a site. The tunnels of the
 * past (6to4, Teredo) lead to nobody's service, and are not public, whatever is in them.
 */
export function isPublicAddress(address: IpAddress): boolean {
  if (address.kind() === 'ipv4') return address.range() === 'unicast';
  if (isWithin(address, TRANSLATED)) return isPublicAddress(lastFourBytes(address));
  if (address.range() !== 'unicast' || !isWithin(address, GIVEN_OUT)) return false;
  const [, , , , universal = 0, marker] = (address as ipaddr.IPv6).parts;
  const isTunnel = marker === ISATAP && (universal & ~0x200) === 0;
  return !isTunnel || isPublicAddress(lastFourBytes(address));
}

const lastFourBytes = (address: IpAddress): ipaddr.IPv4 => new ipaddr.IPv4(address.toByteArray().slice(-4));
