import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Postgres } from '../../postgres/connection.ts';
import type { JobNotices } from '../job-store.ts';

/** Milliseconds before a lost connection is made anew; each later try waits twice as long, up to the most. */
const RECONNECT_MS = 500;
const MOST_RECONNECT_MS = 15_000;
/** Milliseconds between tries whether it still hears, and how long it may take. */
const PROBE_MS = 15_000;
const HEARD_WITHIN_MS = 5_000;
/** Milliseconds between notices of a job's progress from this process. */
const PROGRESS_MS = 250;

export interface NoticeChannel extends JobNotices {
  /** Tells all processes that a job has changed. @param isProgress whether there will be more before long. */
  readonly tell: (id: string, isProgress: boolean) => void;
  readonly close: () => Promise<void>;
}

/**
 * Hears of changes by LISTEN, on a connection of its own. It is live only while it hears itself: a pooler
 * accepts LISTEN as well, and passes nothing on.
 */
export function openNotices(postgres: Postgres): NoticeChannel {
  const channel = new Channel(postgres);
  channel.connect();
  return channel;
}

/** SQL for the name of the channel, which the processes of a schema share. */
const CHANNEL = `left('clipql.jobs.' || current_schema(), 63)`;

class Channel implements NoticeChannel {
  isLive = false;
  readonly #postgres: Postgres;
  /** Sent to itself, by this process alone. */
  readonly #probe = `probe ${randomUUID()}`;
  readonly #listeners: ((id: string | undefined) => void)[] = [];
  readonly #told = new Map<string, NodeJS.Timeout>();
  readonly #untold = new Set<string>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = RECONNECT_MS;
  #isClosed = false;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  listen(onNotice: (id: string | undefined) => void): void {
    this.#listeners.push(onNotice);
  }

  // Bound, as `close` is: they are passed on by themselves.
  readonly tell = (id: string, isProgress: boolean): void => {
    if (isProgress && this.#told.has(id)) return void this.#untold.add(id);
    this.#untold.delete(id);
    // Whoever misses it finds out a little later.
    this.#postgres.run(NOTIFY, id).catch(() => {});
    if (!isProgress) return;
    const timer = setTimeout(() => {
      this.#told.delete(id);
      if (this.#untold.has(id)) this.tell(id, true);
    }, PROGRESS_MS);
    this.#told.set(id, timer.unref());
  };

  /** Makes the connection, and makes it anew for as long as the channel is open. */
  connect(): void {
    if (this.#isClosed) return;
    const client = new pg.Client(this.#postgres.settings);
    this.#client = client;
    const lost = () => this.#reconnect(client);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => this.#hear(payload));
    client
      .connect()
      .then(() => client.query<{ readonly name: string }>(`SELECT ${CHANNEL} AS name`))
      .then(({ rows: [channel] }) => client.query(`LISTEN ${pg.escapeIdentifier(channel!.name)}`))
      .then(() => this.#probeFrom(client))
      .catch(lost);
  }

  readonly close = async (): Promise<void> => {
    this.#isClosed = true;
    this.isLive = false;
    clearTimeout(this.#timer);
    for (const timer of this.#told.values()) clearTimeout(timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  };

  #reconnect(client: pg.Client): void {
    if (this.#client !== client) return;
    this.isLive = false;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client.end().catch(() => {});
    this.#timer = setTimeout(() => this.connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(MOST_RECONNECT_MS, 2 * this.#retryMs);
  }

  async #probeFrom(client: pg.Client): Promise<void> {
    this.#timer = setTimeout(() => {
      // It answers and tells nothing: a pooler stands between. Perhaps not for ever.
      this.#retryMs = MOST_RECONNECT_MS;
      this.#reconnect(client);
    }, HEARD_WITHIN_MS).unref();
    await client.query(NOTIFY, [this.#probe]);
  }

  #hear(payload: string | undefined): void {
    if (payload !== this.#probe) {
      if (!payload?.startsWith('probe ')) this.#pass(payload);
      return;
    }
    const client = this.#client;
    if (client === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#probeFrom(client).catch(() => this.#reconnect(client));
    }, PROBE_MS).unref();
    if (this.isLive) return;
    this.isLive = true;
    this.#retryMs = RECONNECT_MS;
    // What changed while it was away was not heard.
    this.#pass(undefined);
  }

  #pass(id: string | undefined): void {
    for (const listener of this.#listeners) listener(id);
  }
}

const NOTIFY = `SELECT pg_notify(${CHANNEL}, $1)`;
