import { RowSet } from '@clipql/core';
import type { Connection } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { Filter } from '../filter.ts';
import { collectionRow, fieldsOf } from './catalogue.ts';
import { conditionOf } from './filter-sql.ts';

/** The rows that pass a filter. @throws ApiError UNKNOWN_COLLECTION, BAD_FILTER. */
export async function selectRows(
  connection: Connection,
  collection: CollectionReference,
  filter: Filter,
): Promise<RowSet> {
  const { id } = await collectionRow(connection, collection);
  const condition = conditionOf(filter, await fieldsOf(connection, id), 1);
  // All rows in one value, which is 4 bytes for each.
  const found = await connection.first<{ readonly rows: Buffer | null }>(
    `SELECT string_agg(int4send(row), '') AS rows FROM items WHERE collection = $1 AND ${condition.sql}`,
    ...[id, ...condition.values],
  );
  const bytes = new Uint8Array(found?.rows ?? []);
  Buffer.from(bytes.buffer).swap32();
  return RowSet.of(new Uint32Array(bytes.buffer));
}
