/** A proxy for tests that passes on what is asked of it by CONNECT. */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** The hosts, with their ports, that were connected to. */
  readonly hosts: string[];
  close(): Promise<void>;
}

export async function startProxy(): Promise<ConnectProxy> {
  const hosts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    const { url = '' } = request;
    hosts.push(url);
    const target = new URL(`http://${url}`);
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}
