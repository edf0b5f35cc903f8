import type { DatabaseSync } from 'node:sqlite';
import { all } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { NewItem } from '../item.ts';
import { type ItemRow, itemOf } from '../item-row.ts';
import { rowOfSpace } from './catalogue.ts';
import { readThumbnail } from './item-rows.ts';
import { readVector } from './vectors.ts';

/** Of one read: some megabytes. */
const MAX_ITEMS = 1_000;

/** Whole items after a key, in the order of keys. */
export function readStored(
  db: DatabaseSync,
  { collection, after }: { collection: CollectionReference; after: string },
): readonly NewItem[] {
  const { id, set_id: set } = rowOfSpace(db, collection);
  const sql = `SELECT * FROM items WHERE collection = ? AND key > ? ORDER BY key LIMIT ${MAX_ITEMS}`;
  return all<ItemRow>(db, sql, id, after).map((found) => {
    const { row, indexedAt: _, hasThumbnail, ...item } = itemOf(found);
    const thumbnail = hasThumbnail ? readThumbnail(db, { collection, key: item.key }) : undefined;
    return { ...item, thumbnail, embedding: floatsOf(readVector(db, set, row)!) };
  });
}
