import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Who a request is from: the connection's other end, or, behind proxies that are trusted, the last
 * address in `X-Forwarded-For` that is not one of theirs. What a client wrote there itself comes before
 * that and counts for nothing.
 *
 * @param proxies CIDR blocks.
 */
export function clientAddressReader(
  proxies: readonly string[],
): (connected: string | undefined, forwardedFor: string | null) => string {
  const trusted = new BlockList();
  for (const range of proxies) {
    const [address = '', prefix] = range.split('/');
    trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  const isTrusted = (address: string) => trusted.check(address, familyOf(address));

  return (connected, forwardedFor) => {
    let client = plain(connected ?? '');
    const hops = (forwardedFor ?? '').split(',').map((hop) => plain(withoutPort(hop.trim())));
    for (const hop of hops.reverse()) {
      if (isIP(client) === 0 || !isTrusted(client) || isIP(hop) === 0) break;
      client = hop;
    }
    return client;
  };
}

/** By what a limit counts: an IPv4 address, or the network of an IPv6 one, which is one household's. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  return [...groups, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).join(':');
}

/** Whose turn work is that comes without a key: all of a network's. */
export const partyOf = (address = ''): string => `network:${networkOf(plain(address))}`;

/** `203.0.113.7:4711` and `[2001:db8::1]:4711`, as some proxies write them, and `[2001:db8::1]`. */
function withoutPort(hop: string): string {
  const [, v6, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop.slice(0, 100)) ?? [];
  return v6 ?? v4 ?? hop;
}

/** An IPv4 address of a socket that takes both is written as an IPv6 one. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
