import type { Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { RowVector, VectorSearch } from '../vector-search.ts';
import { rowOfSpace } from './catalogue.ts';
import { nearestRows } from './nearest-rows.ts';
import { buildIndex } from './vector-index.ts';
import { HALVES, halvesOf } from './vectors.ts';

/** Milliseconds until an index that could not be made is tried again: each try takes a connection, and minutes at worst. */
const RETRY_MS = 60_000;

/** Search by HNSW, and exact where that is better. */
export function postgresVectorSearch(database: Postgres): VectorSearch {
  /** By set, the making of its index by this process: one for all searches that want it. */
  const building = new Map<number, Promise<void>>();
  const build = (set: number, dimensions: number, items: number): Promise<void> => {
    const known = building.get(set);
    if (known !== undefined) return known;
    const underWay = buildIndex(database, set, dimensions, items);
    building.set(set, underWay);
    const forget = () => building.delete(set);
    underWay.then(forget, () => setTimeout(forget, RETRY_MS).unref());
    return underWay;
  };
  return {
    nearest: (collection, query) => nearestRows(database, collection, query),
    sample: (collection, count) => sampleRows(database, collection, count),
    prepare: async (collection) => {
      const { set_id: set, items } = await rowOfSpace(database, collection);
      await build(set, collection.space.dimensions, items);
    },
  };
}

/** Numbers for each item, from which on most of those at random would hit nothing. */
const SPARSE = 16;

/** Numbers at random hit enough rows, unless most are gone: then all that are left are gone over. */
const sampleRows = (
  database: Postgres,
  collection: CollectionReference,
  count: number,
): Promise<readonly RowVector[]> =>
  database.snapshot(async (connection) => {
    const { set_id: set, seq, items } = await rowOfSpace(connection, collection);
    const isAll = items <= count || seq > SPARSE * items;
    const tried = isAll ? 0 : Math.ceil((count * seq) / items);
    const rows = Array.from({ length: tried }, () => 1 + Math.floor(Math.random() * seq));
    const found = await connection.rows<{ readonly row: number; readonly halves: Buffer }>(
      `SELECT row, ${HALVES} AS halves FROM vectors
       WHERE set_id = $1 AND ($2 OR row = ANY ($3::integer[]))
       ${isAll && items > count ? 'ORDER BY random()' : ''} LIMIT $4`,
      ...[set, isAll, rows, count],
    );
    return found.map(({ row, halves }) => ({ row, vector: floatsOf(halvesOf(halves)) }));
  });
