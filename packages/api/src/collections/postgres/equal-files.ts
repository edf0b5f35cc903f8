import type { Connection } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { EqualFiles, EqualFilesQuery } from '../store.ts';
import { collectionRow } from './catalogue.ts';

/** Items whose files have the same bytes, without a look at the others. */
export async function readEqualFiles(
  connection: Connection,
  collection: CollectionReference,
  { groups, members }: EqualFilesQuery,
): Promise<EqualFiles> {
  const { id } = await collectionRow(connection, collection);
  const found = await connection.rows<{ readonly rows: number[]; readonly total: number }>(
    `WITH files AS (
       SELECT content_hash, count(*) AS size, min(key) AS first, count(*) OVER () AS total
       FROM items WHERE collection = $1 AND content_hash IS NOT NULL
       GROUP BY content_hash HAVING count(*) > 1 ORDER BY size DESC, first LIMIT $2
     )
     SELECT (array_agg(row ORDER BY key))[1:$3 + 1] AS rows, total
     FROM files JOIN items USING (content_hash) WHERE collection = $1
     GROUP BY content_hash, size, first, total ORDER BY size DESC, first`,
    ...[id, groups ?? null, members ?? MOST_MEMBERS],
  );
  return { groups: found.map(({ rows }) => rows), total: found[0]?.total ?? 0 };
}

/** As many as a collection may have rows. */
const MOST_MEMBERS = 2 ** 31 - 2;
