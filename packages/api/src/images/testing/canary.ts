import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createImageFetcher, type FetchImageOptions, type ImageFetcher } from '../fetch-image.ts';
import type { AddressLookup } from '../guarded-connector.ts';

/** What listens where nobody may get to. */
export interface Canary {
  readonly port: number;
  /** How many connections there have been. */
  readonly connections: () => number;
  /** A fetcher whose every connection ends here, whatever the address was that the guard accepted. */
  fetcher(options?: FetchImageOptions): ImageFetcher;
  close(): Promise<void>;
}

/** Answers every request with its host header, on 127.0.0.1. */
export async function startCanary(): Promise<Canary> {
  let connections = 0;
  const server = createServer((request, response) => {
    response.writeHead(200, { connection: 'close' }).end(request.headers.host);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections: () => connections,
    fetcher: (options) =>
      createImageFetcher({ allowPorts: [port], route: () => '127.0.0.1', ...options }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A name service that knows these hosts alone. */
export function namesAre(hosts: Readonly<Record<string, readonly string[]>>): AddressLookup {
  return (hostname, _options, callback) => {
    const addresses = hosts[hostname.toLowerCase().replace(/\.$/, '')];
    if (addresses === undefined) {
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
      return;
    }
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}
