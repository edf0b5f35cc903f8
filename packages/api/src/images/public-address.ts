import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Azure's metadata and DNS service: within a range that is public otherwise. Other clouds have
 * theirs at link-local, carrier-grade or unique local addresses.
 */
const METADATA_ADDRESS = '168.63.129.16';

/**
 * Whether an IP address is on the public internet: not private, loopback, link-local, reserved, a
 * cloud's metadata service, nor an IPv6 form that carries an IPv4 address.
 *
 * @param address IPv4 or IPv6, without brackets.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js would take `1.2.3` too.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast' && address !== METADATA_ADDRESS;
  return isPublicIpv6(parsed as ipaddr.IPv6);
}

function isPublicIpv6(address: ipaddr.IPv6): boolean {
  const [first, , , , fifth, sixth] = address.parts;
  // Addresses are given out in 2000::/3 alone. This leaves out IPv4-mapped, IPv4-compatible and
  // NAT64 addresses; 6to4 and Teredo have ranges of their own.
  const isGlobal = first! >>> 13 === 1;
  // RFC 5214: the last 64 bits are 0000:5efe or 0200:5efe, then an IPv4 address.
  const isIsatap = (fifth! & ~0x0200) === 0 && sixth === 0x5efe;
  return isGlobal && !isIsatap && address.zoneId === undefined && address.range() === 'unicast';
}
