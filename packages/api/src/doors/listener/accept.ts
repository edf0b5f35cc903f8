import {
  type AddressInfo,
  createServer,
  type ListenOptions,
  type Server,
  type Socket,
} from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Linux shares a port's connections out among the sockets on it; other systems do not, or not evenly. */
const SOCKETS = process.platform === 'linux' ? 32 : 1;
/** A turn of the event loop that did nothing else, in milliseconds. */
const IDLE_TURN_MS = 0.2;
/** The longest that closing waits for turns in which nobody connects, in milliseconds. */
const QUIET_MS = 5_000;

/** What accepts connections for a server. */
export interface Acceptor {
  /**
   * Takes no more connections. Resolves when those that were accepted have ended. Whoever waits at a
   * socket when it closes is reset, so each closes in a turn that found nobody waiting.
   */
  close(): Promise<void>;
}

/**
 * Accepts connections for a server on several sockets of one port, where the system can do that: libuv
 * accepts one connection of a socket in each turn of the event loop, however many wait.
 *
 * @throws what `listen` throws.
 */
export async function accept(server: Server, host: string, port: number): Promise<Acceptor> {
  // Sockets that share their port would do so with another server's, too: it has to be free first.
  if (port !== 0) await close(await listen(createServer(), { host, port }));
  await listen(server, { host, port, ...SHARED });
  const { address, port: own } = server.address() as AddressInfo;
  const pass = (socket: Socket) => server.emit('connection', socket);
  const others = Array.from({ length: SOCKETS - 1 }, () =>
    listen(createServer({ allowHalfOpen: true, noDelay: true }, pass), {
      host: address,
      port: own,
      ...SHARED,
    }),
  );
  const sockets = [server, ...(await Promise.all(others))];
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  const quiet = async (end: number): Promise<void> => {
    while (performance.now() < end) {
      const [before, start] = [accepted, performance.now()];
      await setImmediate();
      if (accepted === before && performance.now() - start < IDLE_TURN_MS) return;
    }
  };
  return {
    close: async () => {
      const end = performance.now() + QUIET_MS;
      const closed: Promise<void>[] = [];
      // The server itself last: then it closes its idle connections.
      for (const socket of sockets.toReversed()) {
        await quiet(end);
        closed.push(close(socket));
      }
      await Promise.all(closed);
    },
  };
}

const SHARED = SOCKETS > 1 ? { reusePort: true } : {};

const listen = (server: Server, options: ListenOptions): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(options, () => {
      server.off('error', reject);
      resolve(server);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
