import { API } from '../../kit/folders.ts';
import type { EngineSettings, SearchEngine } from './engine.ts';

/** What is asked here of the server's modules, which are no library: `postgres/connection.ts`. */
interface Database {
  first<Row>(sql: string, ...values: readonly unknown[]): Promise<Row | undefined>;
  close(): Promise<void>;
}

/** `collections/vector-search.ts`. */
interface VectorSearch {
  nearest(
    collection: object,
    query: { readonly query: Float32Array; readonly k: number },
  ): Promise<readonly { readonly row: number }[]>;
  prepare(collection: object): Promise<void>;
}

/** `collections/store.ts`. */
interface Store {
  readonly vectorSearch: VectorSearch;
  create(owner: string, name: string, space: object): Promise<object>;
  drop(owner: string, name: string): Promise<void>;
  upsert(collection: object, items: readonly object[]): Promise<void>;
  items(
    collection: object,
    keys: readonly string[],
  ): Promise<readonly ({ readonly row: number } | undefined)[]>;
  close(): Promise<void>;
}

/** What the server asks for, whatever page it answers with. */
const NEAREST = 1_000;
/** Items that are written at once. */
const BATCH = 1_000;

const load = async (path: string) => import(new URL(path, API).href);

/** A collection in PostgreSQL, searched by the database as one is that does not fit into memory: by HNSW from 20,000 on. */
export async function createPostgres({ dimensions, store }: EngineSettings): Promise<SearchEngine> {
  const { openPostgres } = await load('postgres/postgres.js');
  const { openPostgresCollections } = await load('collections/postgres/postgres-collections.js');
  const database: Database = await openPostgres(store!);
  const collections: Store = openPostgresCollections(database);
  const owner = 'bench search';
  const name = `made-up-${process.pid}`;
  const space = { hash: '0'.repeat(64), model: 'made-up', dimensions };
  const sizeBefore = await sizeOf(database);
  const collection = await collections.create(owner, name, space);
  /** Numbers of vectors by the store's own, filled at the first search. */
  const numbers = new Map<number, number>();
  let added = 0;
  return {
    add: async (vectors, first) => {
      const count = vectors.length / dimensions;
      for (let from = 0; from < count; from += BATCH) {
        const items = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
          ...{ key: keyOf(first + from + i), source: `https://example.com/${first + from + i}` },
          ...{
            contentHash: undefined,
            facts: undefined,
            modified: undefined,
            thumbnail: undefined,
          },
          metadata: {},
          embedding: vectors.slice((from + i) * dimensions, (from + i + 1) * dimensions),
        }));
        await collections.upsert(collection, items);
      }
      added = first + count;
    },
    finish: () => collections.vectorSearch.prepare(collection),
    search: async (query, k) => {
      for (let from = numbers.size; from < added; from = numbers.size) {
        const wanted = Array.from({ length: Math.min(BATCH, added - from) }, (_, i) => from + i);
        const items = await collections.items(collection, wanted.map(keyOf));
        for (const [i, item] of items.entries()) numbers.set(item!.row, wanted[i]!);
      }
      const found = await collections.vectorSearch.nearest(collection, { query, k: NEAREST });
      return found.slice(0, k).map(({ row }) => numbers.get(row)!);
    },
    bytes: async () => ({
      all: (await sizeOf(database)) - sizeBefore,
      ofIndex: await hnswBytes(database),
    }),
    close: async () => {
      await collections.drop(owner, name);
      await collections.close();
      await database.close();
    },
  };
}

const keyOf = (number: number): string => String(number);

/** The database was empty before, so any index by HNSW in it is this collection's. */
async function hnswBytes(database: Database): Promise<number> {
  const sql = `SELECT coalesce(sum(pg_relation_size(pg_class.oid)), 0)::bigint AS bytes
    FROM pg_class JOIN pg_am ON pg_am.oid = relam WHERE amname = 'hnsw'`;
  return (await database.first<{ readonly bytes: number }>(sql))!.bytes;
}

async function sizeOf(database: Database): Promise<number> {
  const sql = 'SELECT pg_database_size(current_database()) AS bytes';
  return (await database.first<{ readonly bytes: number }>(sql))!.bytes;
}
