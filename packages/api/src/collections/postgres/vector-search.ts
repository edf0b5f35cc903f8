import type { Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { RowVector, VectorSearch } from '../vector-search.ts';
import { rowOfSpace } from './catalogue.ts';
import { IndexBuilds, type IndexEvents } from './index-builds.ts';
import { nearestRows } from './nearest-rows.ts';
import { HALVES, halvesOf } from './vectors.ts';

/** Search by HNSW, and exact where that is better. */
export function postgresVectorSearch(database: Postgres, events: IndexEvents): VectorSearch {
  const builds = new IndexBuilds(database, events);
  return {
    nearest: (collection, query) => nearestRows(database, collection, query),
    sample: (collection, count) => sampleRows(database, collection, count),
    evenRows: (collection, count) => evenRows(database, collection, count),
    prepare: (collection) => builds.build(collection),
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
    const found = await connection.rows<StoredVector>(
      `SELECT row, ${HALVES} AS halves FROM vectors
       WHERE set_id = $1 AND ($2 OR row = ANY ($3::integer[]))
       ${isAll && items > count ? 'ORDER BY random()' : ''} LIMIT $4`,
      ...[set, isAll, rows, count],
    );
    return found.map(rowVectorOf);
  });

const evenRows = (
  database: Postgres,
  collection: CollectionReference,
  count: number,
): Promise<readonly RowVector[]> =>
  database.snapshot(async (connection) => {
    const { set_id: set, items } = await rowOfSpace(connection, collection);
    const found = await connection.rows<StoredVector>(
      `SELECT row, ${HALVES} AS halves FROM vectors JOIN (
         SELECT row, row_number() OVER (ORDER BY row) - 1 AS place FROM vectors WHERE set_id = $1
       ) AS numbered USING (row) WHERE set_id = $1 AND place * $2 % $3 < $2 ORDER BY row`,
      // At least as many as are wanted: then all are taken.
      ...[set, count, Math.max(count, items)],
    );
    return found.map(rowVectorOf);
  });

interface StoredVector {
  readonly row: number;
  readonly halves: Buffer;
}

const rowVectorOf = ({ row, halves }: StoredVector): RowVector => ({
  row,
  vector: floatsOf(halvesOf(halves)),
});
