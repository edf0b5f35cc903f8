import type { Postgres } from '../../postgres/connection.ts';
import type { CollectionReference } from '../collection-row.ts';
import { floatsOf } from '../halves.ts';
import type { NewItem } from '../item.ts';
import { type ItemRow, itemOf } from '../item-row.ts';
import { rowOfSpace } from './catalogue.ts';
import { ITEM_COLUMNS, keyHash } from './item-rows.ts';
import { HALVES, halvesOf } from './vectors.ts';

/** Of one read: some megabytes. */
const MAX_ITEMS = 1_000;

interface Found extends ItemRow {
  readonly halves: Buffer;
}

/** Whole items after a key, in the order of keys. */
export const readStored = (
  database: Postgres,
  collection: CollectionReference,
  after: string,
): Promise<readonly NewItem[]> =>
  database.snapshot(async (connection) => {
    const { id, set_id: set } = await rowOfSpace(connection, collection);
    const found = await connection.rows<Found>(
      `SELECT ${ITEM_COLUMNS}, (SELECT ${HALVES} FROM vectors WHERE set_id = $2 AND vectors.row = items.row) AS halves
       FROM items WHERE collection = $1 AND (left(key, 200), key) > (left($3, 200), $3)
       ORDER BY left(key, 200), key LIMIT ${MAX_ITEMS}`,
      ...[id, set, after],
    );
    const thumbnails = await connection.rows<{ readonly hash: string; readonly image: Buffer }>(
      `SELECT encode(key_hash, 'hex') AS hash, image FROM thumbnails
       WHERE collection = $1 AND key_hash = ANY ($2::bytea[])`,
      ...[id, found.filter((row) => row.has_thumbnail).map(({ key }) => keyHash(key))],
    );
    const images = new Map(thumbnails.map(({ hash, image }) => [hash, new Uint8Array(image)]));
    return found.map((row) => {
      const { row: _, indexedAt: _at, hasThumbnail: _has, ...item } = itemOf(row);
      return {
        ...item,
        thumbnail: images.get(keyHash(item.key).toString('hex')),
        embedding: floatsOf(halvesOf(row.halves)),
      };
    });
  });
