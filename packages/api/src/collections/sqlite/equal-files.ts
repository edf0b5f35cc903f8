import type { DatabaseSync } from 'node:sqlite';
import { all } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { EqualFiles, EqualFilesQuery } from '../store.ts';
import { collectionRow } from './catalogue.ts';

/** Items whose files have the same bytes, without a look at the others. */
export function readEqualFiles(
  db: DatabaseSync,
  { collection, groups, members }: EqualFilesQuery & { readonly collection: CollectionReference },
): EqualFiles {
  const { id } = collectionRow(db, collection);
  const found = all<{ readonly rows: string; readonly total: number }>(
    db,
    `WITH files AS (
       SELECT content_hash, count(*) AS size, min(key) AS first, count(*) OVER () AS total
       FROM items WHERE collection = ?1 AND content_hash IS NOT NULL
       GROUP BY content_hash HAVING count(*) > 1 ORDER BY size DESC, first LIMIT ?2
     )
     SELECT json_group_array(row ORDER BY key) AS rows, total
     FROM (
       SELECT row, key, content_hash, size, first, total,
         row_number() OVER (PARTITION BY content_hash ORDER BY key) AS place
       FROM files JOIN items USING (content_hash) WHERE collection = ?1)
     WHERE place <= ?3 + 1 GROUP BY content_hash ORDER BY size DESC, first`,
    // Of SQLite, −1 is no limit.
    ...([id, groups ?? -1, members ?? Number.MAX_SAFE_INTEGER] as const),
  );
  return {
    groups: found.map(({ rows }) => JSON.parse(rows) as number[]),
    total: found[0]?.total ?? 0,
  };
}
