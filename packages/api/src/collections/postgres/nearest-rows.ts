import { normalized } from '@clipql/core';
import type { Connection, Postgres } from '../../postgres/connection.ts';
import type { CollectionReference, CollectionRow } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { NearestQuery, RowVector } from '../vector-search.ts';
import { fieldsOf, rowOfSpace } from './catalogue.ts';
import { type Condition, conditionOf } from './filter-sql.ts';
import { findIndex } from './vector-index.ts';
import { HALVES, halvesOf, vectorText } from './vectors.ts';

/** Where no more pass, all are compared: an index would go over most of the vectors for them. */
const FEW = 20_000;

/** ADR 0015 has what others find. */
const EF_SEARCH = 200;
/** Vectors that a scan goes over at most while a filter takes most of them out. */
const MAX_SCANNED = 200_000;

/** @throws as `VectorSearch.nearest` does. */
export const nearestRows = (
  database: Postgres,
  collection: CollectionReference,
  { query, where, k }: NearestQuery,
): Promise<readonly RowVector[]> =>
  database.snapshot(async (connection) => {
    const found = await rowOfSpace(connection, collection);
    const condition =
      where && conditionOf(where, await fieldsOf(connection, found.id), FIRST_VALUES);
    const text = vectorText(new Float16Array(normalized(query)));
    const { dimensions } = collection.space;
    const isIndexed =
      (await findIndex(connection, found.set_id)) === 'valid' &&
      (condition === undefined ||
        ((await filtersScans(connection)) && !(await areFew(connection, found, condition))));
    if (isIndexed) await chooseSettings(connection, k, condition !== undefined);
    const product = isIndexed
      ? `embedding::halfvec(${integer(dimensions)}) <#> $1::halfvec(${integer(dimensions)})`
      : // Of a sum no index knows the order.
        '(embedding <#> $1::halfvec) + 0';
    const items = condition === undefined ? '' : 'JOIN items USING (row)';
    const passes = condition === undefined ? '' : `AND collection = $3 AND ${condition.sql}`;
    const values = condition === undefined ? [] : [found.id, ...condition.values];
    const rows = await connection.rows<{ readonly row: number; readonly halves: Buffer }>(
      `SELECT row, ${HALVES} AS halves FROM (
         SELECT row, embedding FROM vectors ${items} WHERE set_id = ${integer(found.set_id)} ${passes}
         ORDER BY ${product} LIMIT $2) AS nearest`,
      ...[text, k, ...values],
    );
    return rows.map(({ row, halves }) => ({ row, vector: floatsOf(halvesOf(halves)) }));
  });

/** The query, the limit and the collection go before those of a condition. */
const FIRST_VALUES = 3;

async function areFew(
  connection: Connection,
  { id }: CollectionRow,
  { sql, values }: Condition,
): Promise<boolean> {
  // Its parameters have the numbers that they have in the search.
  const found = await connection.first<{ readonly count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM items WHERE collection = $3 AND ${sql} AND $1::text IS NULL LIMIT $2) AS passing`,
    ...[null, FEW + 1, id, ...values],
  );
  return found!.count <= FEW;
}

/** Whether a scan goes on while a filter takes too many out, which pgvector has from 0.8 on. */
async function filtersScans(connection: Connection): Promise<boolean> {
  const found = await connection.first<{ readonly version: string }>(
    "SELECT extversion AS version FROM pg_extension WHERE extname = 'vector'",
  );
  const [major = 0, minor = 0] = found!.version.split('.').map(Number);
  return major > 0 || minor >= 8;
}

/** For this transaction. */
async function chooseSettings(
  connection: Connection,
  k: number,
  isFiltered: boolean,
): Promise<void> {
  await connection.run(`SET LOCAL hnsw.ef_search = ${Math.min(1_000, Math.max(EF_SEARCH, k))}`);
  if (!isFiltered) return;
  await connection.run('SET LOCAL hnsw.iterative_scan = relaxed_order');
  await connection.run(`SET LOCAL hnsw.max_scan_tuples = ${MAX_SCANNED}`);
}

/** What stands in SQL, where an index has to be recognized. */
function integer(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError(`expected a whole number in SQL, got ${value}`);
}
