import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { PGlite } from '../../../../../tools/pglite.ts';
import { PgliteClient } from './pglite-client.ts';

const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const NOTIFICATION = 'A'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/**
 * Answers clients of PostgreSQL from PGlite, which has one session. A client's turn lasts from its first message
 * until the session is idle again: statements and transactions of several never mix. Each gets its own
 * `search_path`. What differs from a server: clients never work at the same time, a notification goes to all of
 * them, and what belongs to a session (advisory locks, prepared statements) is common to all.
 */
export class PgliteServer {
  readonly #db: PGlite;
  readonly #clients = new Set<PgliteClient>();
  /** Those that said something, in order. */
  readonly #waiting = new Set<PgliteClient>();
  /** Whose turn it is. */
  #current: PgliteClient | undefined;
  #lastPath: string | undefined;
  #isBusy = false;

  constructor(db: PGlite) {
    this.#db = db;
  }

  /** @returns the port. It keeps no process alive. */
  async listen(): Promise<number> {
    const server = createServer((socket) => this.#accept(socket)).unref();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  #accept(socket: Socket): void {
    const client = new PgliteClient(socket);
    this.#clients.add(client);
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      client.receive(data);
      this.#waiting.add(client);
      void this.#serve();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#waiting.delete(client);
      void this.#serve();
    });
  }

  /** Passes messages on until nobody has another. */
  async #serve(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#endLost();
      for (let client = this.#next(); client !== undefined; client = this.#next()) {
        const path = client.searchPath;
        const message = client.take();
        if (message === undefined) {
          this.#waiting.delete(client);
          continue;
        }
        await this.#choosePath(path);
        this.#current = client;
        await this.#pass(client, message);
        await this.#endLost();
      }
    } finally {
      this.#isBusy = false;
    }
  }

  /** Others wait while a turn goes on, even if its client has nothing to say yet. */
  #next(): PgliteClient | undefined {
    if (this.#current === undefined) return this.#waiting.values().next().value;
    return this.#waiting.has(this.#current) ? this.#current : undefined;
  }

  async #choosePath(path: string | undefined): Promise<void> {
    if (path === undefined || path === this.#lastPath || this.#current !== undefined) return;
    await this.#db.exec(`SET search_path TO ${path}`);
    this.#lastPath = path;
  }

  /** As a server does when a client is gone in a transaction. */
  async #endLost(): Promise<void> {
    if (this.#current === undefined || this.#clients.has(this.#current)) return;
    await this.#db.exec('ROLLBACK');
    this.#current = undefined;
  }

  async #pass(client: PgliteClient, message: Uint8Array): Promise<void> {
    // Pieces that are not whole messages.
    const pieces: Buffer[] = [];
    await this.#db.execProtocolRawStream(message, {
      onRawData: (data) => pieces.push(Buffer.from(data)),
    });
    for (const one of messagesIn(Buffer.concat(pieces))) {
      if (one[0] === READY_FOR_QUERY) this.#current = one[5] === IDLE ? undefined : client;
      const hear = one[0] === NOTIFICATION ? this.#clients : [client];
      for (const { socket } of hear) socket.write(one);
    }
    // Those that wait come first.
    if (this.#current === undefined && this.#waiting.delete(client)) this.#waiting.add(client);
  }
}

function* messagesIn(data: Buffer): Iterable<Buffer> {
  for (let at = 0; at < data.length; ) {
    const end = at + 1 + data.readUInt32BE(at + 1);
    yield data.subarray(at, end);
    at = end;
  }
}
