import { LRUCache } from 'lru-cache';

/** Queries by their hash, as clients register them. */
interface PersistedQueries {
  get(hash: string): string | undefined;
  set(hash: string, query: string): void;
}

/** A query with its labels written in is longer, and seldom comes again. */
const MAX_CHARACTERS = 65_536;
/** At most 8 MB in all. */
const ALL_CHARACTERS = 4 * 1024 * 1024;

/** Keeps the queries used last. A client whose query is gone is told so, and sends it again. */
export function createPersistedQueries(): PersistedQueries {
  const kept = new LRUCache<string, string>({
    maxSize: ALL_CHARACTERS,
    maxEntrySize: MAX_CHARACTERS,
    sizeCalculation: (query) => query.length + 1,
  });
  return {
    get: (hash) => kept.get(hash),
    set: (hash, query) => {
      // A client may send anything, and a list of one text has that text's hash.
      if (typeof query === 'string') kept.set(hash, query);
    },
  };
}
