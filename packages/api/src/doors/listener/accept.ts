import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';

/** Linux shares a port's connections out among the sockets on it; other systems do not, or not evenly. */
const SOCKETS = process.platform === 'linux' ? 32 : 1;
/** After so long without a new connection, clients know that the server ends; in milliseconds. */
const CEASED_MS = 100;
/** A turn of the event loop that did nothing else, in milliseconds. */
const IDLE_TURN_MS = 0.2;
/** How much longer the next turn may be where one was too long. */
const MORE_A_TURN = 1.1;
/** Of the time until the end: waiting until connections cease, and then, if they do not, for such turns. */
const [TO_CEASE, TO_CLOSE] = [1 / 2, 3 / 4];

/** What accepts connections for a server. */
export interface Acceptor {
  /**
   * Takes no more connections, once they have ceased to come. Resolves when those that were accepted have
   * ended. Whoever waits in the kernel for a socket that closes is reset: where connections do not cease,
   * each socket closes in a turn that found nobody waiting at it.
   *
   * @param end when what was accepted is cut off, as `performance.now()` has it.
   */
  close(end: number): Promise<void>;
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
  /** Those that have accepted a connection in this turn. */
  const busy = new Set<Server>();
  let from = server;
  let acceptedAt = Number.NEGATIVE_INFINITY;
  server.on('connection', () => {
    busy.add(from);
    acceptedAt = performance.now();
  });
  await listen(server, { host, port, ...SHARED });
  const { address, port: own } = server.address() as AddressInfo;
  const another = (): Promise<Server> => {
    const socket = createServer({ allowHalfOpen: true, noDelay: true }, (connection) => {
      from = socket;
      server.emit('connection', connection);
      from = server;
    });
    return listen(socket, { host: address, port: own, ...SHARED });
  };
  const others = await Promise.all(Array.from({ length: SOCKETS - 1 }, another));
  const sockets = [server, ...others];
  /** A turn of the event loop. @returns its milliseconds. */
  const turn = async (): Promise<number> => {
    busy.clear();
    const start = performance.now();
    await setImmediate();
    return performance.now() - start;
  };
  const ceased = async (end: number): Promise<void> => {
    for (let now = performance.now(); now < end; now = performance.now()) {
      const left = acceptedAt + CEASED_MS - now;
      if (left > 0) await delay(Math.min(left, end - now));
      else {
        // After a long turn the timer is due before those are accepted who came meanwhile.
        await turn();
        if (busy.size === 0) return;
      }
    }
  };
  return {
    close: async (end) => {
      const start = performance.now();
      await ceased(start + TO_CEASE * (end - start));
      const latest = start + TO_CLOSE * (end - start);
      const closed: Promise<void>[] = [];
      // The server itself last: then it closes its idle connections.
      for (const socket of sockets.toReversed()) {
        for (let most = IDLE_TURN_MS; performance.now() < latest; most *= MORE_A_TURN) {
          if ((await turn()) < most && !busy.has(socket)) break;
        }
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
