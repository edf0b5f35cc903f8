import type pg from 'pg';

/** What a statement may be given for `$1` and those that follow. */
export type Value =
  | string
  | number
  | boolean
  | bigint
  | Date
  | Uint8Array
  | null
  | readonly Value[];

/**
 * Where statements run. `sql` is never made from data: values stand in it as `$1`. Numbers come back as numbers, bytes
 * as `Buffer`.
 *
 * @throws ApiError STORE_UNAVAILABLE, STORE_FULL, STORE_DAMAGED from all methods.
 */
export interface Connection {
  rows<Row>(sql: string, ...values: readonly Value[]): Promise<Row[]>;
  first<Row>(sql: string, ...values: readonly Value[]): Promise<Row | undefined>;
  /** @returns how many rows it changed. */
  run(sql: string, ...values: readonly Value[]): Promise<number>;
}

/** A PostgreSQL database, by a pool of connections. One that is lost is replaced when it is needed. */
export interface Postgres extends Connection {
  /** For whoever needs a connection of its own. */
  readonly settings: Readonly<pg.ClientConfig>;
  /** Runs `body` as a whole or not at all; it is durable when the promise resolves. */
  transaction<T>(body: (connection: Connection) => Promise<T>): Promise<T>;
  /**
   * Runs `body` over one state of the database, whatever others write meanwhile.
   *
   * @param signal ends the statement that runs, and the snapshot.
   * @throws the signal's reason once it is aborted.
   */
  snapshot<T>(body: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** When what is under way is done. */
  close(): Promise<void>;
}
