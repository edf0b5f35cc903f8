import { z } from 'zod';
import { shorten } from '../errors.ts';

/** Hosts that may have a private address: `host` for all of its ports, or `host:port`. */
export type AllowedHosts = ReadonlySet<string>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** An entry of such a list, such as `localhost:8000` or `[::1]:9000`, in the spelling of URLs. */
export const allowedHostEntry = z.string().transform((entry, { addIssue }) => {
  const parsed = parseEntry(entry);
  if (parsed !== undefined) return parsed;
  addIssue({
    code: 'custom',
    message: `hosts as "host" or "host:port" with commas between them, got ${JSON.stringify(shorten(entry, 60))} among them`,
  });
  return z.NEVER;
});

/** Whether the host of a URL is on the list. */
export function isAllowedHost(url: URL, allowed: AllowedHosts): boolean {
  return allowed.has(url.hostname) || allowed.has(hostAndPort(url));
}

/** What to put on the list to allow the host of a URL, and no other port of it. */
export function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || DEFAULT_PORTS[protocol]}`;
}

function parseEntry(entry: string): string | undefined {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  // The URL parser brings every spelling of a host to the one that a URL's hostname has.
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  if (url === null || Number(port ?? 0) > 65_535) return undefined;
  return port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`;
}
