import { BlockList, isIP } from 'node:net';
import { createHostMatch } from '../images/fetch-rules.ts';

/** Where a server listens, and what else it is called. */
interface ServerHosts {
  readonly host: string;
  readonly hosts: readonly string[];
}

/**
 * Tells by a request's `Host` header whether it is meant for this server, where no key says so. A page of
 * another site whose name is made to lead here (DNS rebinding) is of the same origin for a browser, and
 * has that name in the header, whether the server listens on one address or on all: localhost, addresses
 * and the names of `hosts` pass, and `*` among them stands for any.
 */
export function ownHostCheck({ host: listening, hosts }: ServerHosts): (header: string) => boolean {
  if (hosts.includes('*')) return () => true;
  const isNamed = createHostMatch(['localhost', listening.toLowerCase(), ...hosts]);
  return (header) => {
    const url = URL.parse(`http://${header}`);
    if (url === null) return false;
    return isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || isNamed(url);
  };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether what listens at this host is hidden from other machines. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.+\.)?localhost\.?$/i.test(host);
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
