import { BlockList, isIPv6 } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/**
 * Hosts: `host` for all of its ports or `host:port`, in the spelling of URLs; `*.domain` stands for
 * all hosts below a domain.
 */
type HostList = Iterable<string>;

/** From where images may be fetched. */
export interface FetchRules {
  /** On any port, and whatever their addresses are. */
  readonly allowHosts?: HostList;
  /** When given, no host but these and the allowed ones. */
  readonly onlyHosts?: HostList;
  /** Never, allowed or not. */
  readonly denyHosts?: HostList;
  /** No host with an address in one of these CIDR blocks, such as `203.0.113.0/24`. */
  readonly denyAddresses?: Iterable<string>;
  /** 80 and 443 unless given. */
  readonly allowPorts?: Iterable<number>;
}

/** Why a URL's host is not to be connected to, before its addresses are known. */
export type HostRefusal = 'denied' | 'not-listed' | 'port';

/** The rules, ready to judge. */
export interface FetchGuard {
  /** Undefined where there is nothing against the host. */
  refusal(url: URL): HostRefusal | undefined;
  /** Whether the host's addresses may be private. */
  isAllowed(url: URL): boolean;
  /** Whether a public address is not denied. */
  acceptsPublic(address: string): boolean;
  /** Whether an address of an allowed host is not denied. */
  acceptsAny(address: string): boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const WEB_PORTS = [80, 443];

export function createFetchGuard(rules: FetchRules): FetchGuard {
  const allowHosts = new Set(rules.allowHosts);
  const onlyHosts = new Set(rules.onlyHosts);
  const denyHosts = new Set(rules.denyHosts);
  const allowPorts = new Set(rules.allowPorts ?? WEB_PORTS);
  const acceptsAny = denyingAddresses(rules.denyAddresses ?? []);
  return {
    refusal: (url) => {
      if (isListed(url, denyHosts)) return 'denied';
      if (isListed(url, allowHosts)) return undefined;
      if (onlyHosts.size > 0 && !isListed(url, onlyHosts)) return 'not-listed';
      return allowPorts.has(portOf(url)) ? undefined : 'port';
    },
    isAllowed: (url) => isListed(url, allowHosts),
    acceptsPublic: (address) => isPublicAddress(address) && acceptsAny(address),
    acceptsAny,
  };
}

function denyingAddresses(ranges: Iterable<string>): (address: string) => boolean {
  const denied = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    denied.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => !denied.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** What to put on a list for the host of a URL, and no other port of it. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

function portOf({ protocol, port }: URL): number {
  return Number(port || DEFAULT_PORTS[protocol]);
}

/** Whether a URL's host is on a list. */
export function createHostMatch(hosts: HostList): (url: URL) => boolean {
  const listed = new Set(hosts);
  return (url) => isListed(url, listed);
}

function isListed(url: URL, hosts: ReadonlySet<string>): boolean {
  // A name with a dot at its end is the same name.
  const name = url.hostname.replace(/\.$/, '');
  return [name, ...domainsAbove(name)].some(
    (host) => hosts.has(host) || hosts.has(`${host}:${portOf(url)}`),
  );
}

/** The most characters that a host's name has in the DNS, its last dot aside. */
export const MAX_NAME = 253;

/** `a.b.example` → `*.b.example`, `*.example` */
function domainsAbove(name: string): string[] {
  // Those of a longer one would take memory with the square of its length.
  if (name.length > MAX_NAME) return [];
  const labels = name.split('.');
  return labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join('.')}`);
}
