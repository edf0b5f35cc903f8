import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '../../errors/api-error.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

export interface WorkerProbes {
  /** For example `http://127.0.0.1:4001`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface WorkerState {
  readonly metrics: Metrics;
  /** Whether it takes tasks. */
  readonly isReady: () => boolean;
  /** Whether the database can be reached. */
  readonly isStoreThere: () => Promise<boolean>;
}

/**
 * Answers `/healthz`, `/readyz` and `/metrics` of a worker, which has no doors for clients.
 *
 * @throws ApiError LISTEN_FAILED.
 */
export async function serveWorkerProbes(
  { host, port }: { readonly host: string; readonly port: number },
  state: WorkerState,
): Promise<WorkerProbes> {
  const server = createServer(async ({ url = '/' }, response) => {
    await answer(new URL(url, 'http://worker').pathname, response, state);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const got = (cause as Error).message;
    const expected = `expected an address to listen on for the worker's probes`;
    throw new ApiError('LISTEN_FAILED', `${expected}, got ${got}`, { cause });
  }
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${name}:${bound.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(path: string, response: ServerResponse, state: WorkerState): Promise<void> {
  const { metrics, isReady, isStoreThere } = state;
  const json = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (path === '/metrics') {
    response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text());
  } else if (path === '/healthz') json(200, { status: 'ok' });
  else if (path !== '/readyz') json(404, { error: 'expected /healthz, /readyz or /metrics' });
  else if (!isReady()) json(503, { status: 'ending' });
  else if (await isStoreThere()) json(200, { status: 'ready' });
  // There is nothing that a worker could do without.
  else json(503, { status: 'waiting', away: ['store'] });
}
