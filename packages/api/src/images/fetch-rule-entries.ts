/** What a list of hosts or addresses may hold, as settings give it. */
import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

/** `localhost:8000`, `[::1]:9000` or `*.example.org`, brought to the spelling of URLs. */
export const hostEntry = z.string().transform((entry, { addIssue }) => {
  const parsed = parseHost(entry);
  if (parsed !== undefined) return parsed;
  addIssue('no host');
  return z.NEVER;
});

/** `203.0.113.0/24`, `2001:db8::/32` or one address, brought to CIDR. */
export const addressEntry = z.string().transform((entry, { addIssue }) => {
  const parsed = parseRange(entry);
  if (parsed !== undefined) return parsed;
  addIssue('no address');
  return z.NEVER;
});

function parseHost(entry: string): string | undefined {
  const [, below = '', host, port] =
    /^(\*\.)?(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]*]+)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  // The URL parser brings every spelling of a host to the one that a URL's hostname has.
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  if (url === null || Number(port ?? 0) > 65_535) return undefined;
  const name = `${below}${url.hostname.replace(/\.$/, '')}`;
  return port === undefined ? name : `${name}:${Number(port)}`;
}

function parseRange(entry: string): string | undefined {
  const [, address = '', bits] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
  if (isIP(address) === 0) return undefined;
  const all = isIPv6(address) ? 128 : 32;
  const prefix = Number(bits ?? all);
  return prefix > all ? undefined : `${address}/${prefix}`;
}
