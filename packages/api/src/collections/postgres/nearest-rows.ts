import { normalized } from '@clipql/core';
import type { Connection, Postgres } from '../../postgres/connection.ts';
import type { CollectionReference, CollectionRow } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { NearestQuery, NearestRows } from '../vector-search.ts';
import { fieldsOf, rowOfSpace, spaceOf } from './catalogue.ts';
import { type Condition, conditionOf } from './filter-sql.ts';
import { findIndex } from './vector-index.ts';
import { HALVES, halvesOf, vectorText } from './vectors.ts';

/** Where no more pass, all are compared: an index would go over most of the vectors for them. */
const FEW = 20_000;

/** The most that pgvector takes. ADR 0015 has what less would find. */
const EF_SEARCH = 1_000;
/** Vectors that a scan goes over at most while a filter takes most of them out. */
const MAX_SCANNED = 200_000;

/** The query, the limit and the collection go before the values of a condition. */
const FIRST_VALUES = 3;

interface FoundRow {
  readonly row: number;
  readonly halves: Buffer;
}

interface Search {
  readonly collection: CollectionRow;
  readonly condition: Condition | undefined;
  /** As `vectorText` has it. */
  readonly query: string;
  readonly k: number;
}

/** @throws as `VectorSearch.nearest` does. */
export const nearestRows = (
  database: Postgres,
  collection: CollectionReference,
  { query, where, k, signal }: NearestQuery,
): Promise<NearestRows> =>
  database.snapshot(async (connection) => {
    const found = await rowOfSpace(connection, collection);
    const search: Search = {
      collection: found,
      condition: where && conditionOf(where, await fieldsOf(connection, found.id), FIRST_VALUES),
      query: vectorText(normalized(query)),
      k,
    };
    if (!(await isIndexWorthIt(connection, search))) return compareAll(connection, search);
    return askIndex(connection, search, collection.space.dimensions);
  }, signal);

async function isIndexWorthIt(
  connection: Connection,
  { collection, condition, k }: Search,
): Promise<boolean> {
  if ((await findIndex(connection, collection.set_id)) !== 'valid') return false;
  if (condition === undefined) return true;
  // Of no more than these, the index would not find so many as are asked for.
  const tooFew = Math.ceil((k * collection.items) / MAX_SCANNED);
  const few = Math.max(FEW, tooFew);
  return (
    (await filtersScans(connection)) && !(await areAtMost(connection, collection, condition, few))
  );
}

async function askIndex(
  connection: Connection,
  { collection, condition, query, k }: Search,
  dimensions: number,
): Promise<NearestRows> {
  await chooseSettings(connection, condition !== undefined);
  const type = `halfvec(${integer(dimensions)})`;
  const items = condition === undefined ? '' : 'JOIN items USING (row)';
  const passes = condition === undefined ? '' : `AND collection = $3 AND ${condition.sql}`;
  const values = condition === undefined ? [] : [collection.id, ...condition.values];
  const rows = await connection.rows<FoundRow>(
    `SELECT row, ${HALVES} AS halves FROM (
       SELECT row, embedding FROM vectors ${items} WHERE set_id = ${integer(collection.set_id)} ${passes}
       ORDER BY embedding::${type} <#> $1::${type} LIMIT $2) AS nearest`,
    ...[query, k, ...values],
  );
  return nearestOf(rows, undefined);
}

async function compareAll(
  connection: Connection,
  { collection, condition, query, k }: Search,
): Promise<NearestRows> {
  const set = integer(collection.set_id);
  // Of a sum no index knows the order.
  const nearest = (
    join: string,
  ) => `SELECT row, embedding FROM vectors ${join} WHERE set_id = ${set}
    ORDER BY (embedding <#> $1::halfvec) + 0 LIMIT $2`;
  if (condition === undefined) {
    const sql = `SELECT row, ${HALVES} AS halves FROM (${nearest('')}) AS nearest`;
    const rows = await connection.rows<FoundRow>(sql, query, k);
    return nearestOf(rows, (await spaceOf(connection, set)).vectors);
  }
  const rows = await connection.rows<FoundRow & { readonly compared: number }>(
    `WITH passing AS MATERIALIZED (SELECT row FROM items WHERE collection = $3 AND ${condition.sql})
     SELECT row, ${HALVES} AS halves, (SELECT count(*) FROM passing) AS compared
     FROM (${nearest('JOIN passing USING (row)')}) AS nearest`,
    ...[query, k, collection.id, ...condition.values],
  );
  return nearestOf(rows, rows[0]?.compared ?? 0);
}

const nearestOf = (rows: readonly FoundRow[], compared: number | undefined): NearestRows =>
  Object.assign(
    rows.map(({ row, halves }) => ({ row, vector: floatsOf(halvesOf(halves)) })),
    { compared },
  );

async function areAtMost(
  connection: Connection,
  { id }: CollectionRow,
  { sql, values }: Condition,
  most: number,
): Promise<boolean> {
  // Its parameters have the numbers that they have in the search.
  const found = await connection.first<{ readonly count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM items WHERE collection = $3 AND ${sql} AND $1::text IS NULL LIMIT $2) AS passing`,
    ...[null, most + 1, id, ...values],
  );
  return found!.count <= most;
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
async function chooseSettings(connection: Connection, isFiltered: boolean): Promise<void> {
  await connection.run(`SET LOCAL hnsw.ef_search = ${EF_SEARCH}`);
  if (!isFiltered) return;
  await connection.run('SET LOCAL hnsw.iterative_scan = relaxed_order');
  await connection.run(`SET LOCAL hnsw.max_scan_tuples = ${MAX_SCANNED}`);
}

/** What stands in SQL, where an index has to be recognized. */
function integer(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError(`expected a whole number in SQL, got ${value}`);
}
