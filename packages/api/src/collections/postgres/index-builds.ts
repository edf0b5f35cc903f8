import { ApiError } from '../../errors/api-error.ts';
import { oneLine } from '../../errors/one-line.ts';
import type { Postgres } from '../../postgres/connection.ts';
import type { Collection } from '../collection.ts';
import { rowOfSpace } from './catalogue.ts';
import { buildIndex } from './vector-index.ts';

/** Who is told of indexes that are made. */
export interface IndexEvents {
  /** How each try ended. */
  readonly onIndexBuild?: (outcome: 'done' | 'failed') => void;
  /** Why an index cannot be made, once until it can. */
  readonly onIndexFailure?: (error: unknown) => void;
}

/** Milliseconds until an index that could not be made is tried again; each later try waits twice as long, up to the most. */
const RETRY_MS = 60_000;
const MOST_RETRY_MS = 3_600_000;

/** The making of indexes by this process: one at a time for a collection, for all searches that want it. */
export class IndexBuilds {
  readonly #database: Postgres;
  readonly #events: IndexEvents;
  /** By set of vectors; what failed stays until it is to be tried again. */
  readonly #builds = new Map<number, Promise<void>>();
  /** By set of vectors, how often in a row. */
  readonly #failures = new Map<number, number>();

  constructor(database: Postgres, events: IndexEvents) {
    this.#database = database;
    this.#events = events;
  }

  /** @throws ApiError STORE_UNAVAILABLE where it cannot be made at present, without another try if the last was of late. */
  async build(collection: Collection): Promise<void> {
    const { set_id: set, items } = await rowOfSpace(this.#database, collection);
    const known = this.#builds.get(set) ?? this.#try(collection, set, items);
    this.#builds.set(set, known);
    await known;
  }

  async #try({ name, space }: Collection, set: number, items: number): Promise<void> {
    const { onIndexBuild, onIndexFailure } = this.#events;
    try {
      if (await buildIndex(this.#database, set, space.dimensions, items)) onIndexBuild?.('done');
      this.#failures.delete(set);
      this.#builds.delete(set);
    } catch (cause) {
      const before = this.#failures.get(set) ?? 0;
      this.#failures.set(set, before + 1);
      const wait = Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** before);
      setTimeout(() => this.#builds.delete(set), wait).unref();
      const error = notMade(name, cause);
      onIndexBuild?.('failed');
      if (before === 0) onIndexFailure?.(error);
      throw error;
    }
  }
}

function notMade(name: string, cause: unknown): ApiError {
  const got = oneLine(cause instanceof Error ? cause.message : String(cause));
  const message = `expected an HNSW index of ${name}, without which searches compare all of its items, got: ${got}`;
  return new ApiError('STORE_UNAVAILABLE', message, { cause });
}
