import { ApiError } from '../errors.ts';

/** Hosts that may have a private address: `host` for all of its ports, or `host:port`. */
export type AllowedHosts = ReadonlySet<string>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Reads a list such as `localhost:8000, images.internal, [::1]:9000`.
 *
 * @throws ApiError BAD_OPTION for an entry that is no host.
 */
export function parseAllowedHosts(list: string): AllowedHosts {
  const entries = list.split(',').map((entry) => entry.trim());
  return new Set(entries.filter((entry) => entry !== '').map(parseEntry));
}

/** Whether the host of a URL is on the list. */
export function isAllowedHost(url: URL, allowed: AllowedHosts): boolean {
  return allowed.has(url.hostname) || allowed.has(hostAndPort(url));
}

/** What to put on the list to allow the host of a URL, and no other port of it. */
export function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || DEFAULT_PORTS[protocol]}`;
}

function parseEntry(entry: string): string {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  // The URL parser brings every spelling of a host to the one that a URL's hostname has.
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  if (url === null || Number(port ?? 0) > 65_535) {
    throw new ApiError(
      'BAD_OPTION',
      `expected hosts as "host" or "host:port" with commas between them, got ${JSON.stringify(entry)}`,
    );
  }
  return port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`;
}
