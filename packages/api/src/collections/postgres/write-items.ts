import type { Connection } from '../../postgres/connection.ts';
import { checkNewItems } from '../check-new-items.ts';
import type { CollectionReference, CollectionRow } from '../collection-row.ts';
import type { Metadata, NewItem } from '../item.ts';
import { REMEMBERED_CHANGES } from '../removed-rows.ts';
import { checkSpace, lockCollection } from './catalogue.ts';
import { FieldTable } from './comparable-metadata.ts';
import { keyHash } from './item-rows.ts';
import { deleteVectors, insertVectors, vectorText } from './vectors.ts';

/** An item on its way into the tables. */
interface Incoming {
  readonly item: NewItem;
  readonly hash: Buffer;
  readonly vector: string;
}

/** What a key had before. */
interface Former {
  readonly row: number;
  readonly hash: string;
  /** Whether the vector is the same. */
  readonly same: boolean;
}

/** @throws ApiError UNKNOWN_COLLECTION, COLLECTION_MODEL_MISMATCH, BAD_METADATA, BAD_INPUT. */
export async function upsertItems(
  connection: Connection,
  collection: CollectionReference,
  items: readonly NewItem[],
): Promise<void> {
  checkNewItems(items, collection.space.dimensions);
  const row = await lockCollection(connection, collection);
  await checkSpace(connection, collection, row);
  const fields = await FieldTable.of(connection, row.id);
  await fields.admit(items);
  const incoming = lastOfEachKey(items);
  const former = await formerOf(connection, row, incoming);
  let seq = row.seq;
  const placed = incoming.map((one) => {
    const before = former.get(one.hash.toString('hex'));
    return { ...one, before, row: before?.same ? before.row : ++seq };
  });
  const moved = placed.filter(({ before }) => before !== undefined && !before.same);
  await removeVectors(
    connection,
    row,
    moved.map(({ before, row: seq }) => ({ row: before!.row, seq })),
  );
  await insertVectors(
    connection,
    row.set_id,
    placed.filter(({ before }) => !before?.same),
  );
  await writeRows(connection, row.id, placed, fields);
  await writeThumbnails(connection, row.id, placed);
  await count(connection, row.id, seq, placed.length - former.size);
}

/** @throws ApiError UNKNOWN_COLLECTION, BAD_METADATA. */
export async function setMetadata(
  connection: Connection,
  collection: CollectionReference,
  items: readonly { readonly key: string; readonly metadata: Metadata }[],
): Promise<void> {
  const { id } = await lockCollection(connection, collection);
  const there = await connection.rows<{ readonly key: string }>(
    'SELECT key FROM items WHERE collection = $1 AND key_hash = ANY ($2::bytea[])',
    ...[id, items.map(({ key }) => keyHash(key))],
  );
  const keys = new Set(there.map(({ key }) => key));
  const known = items.filter(({ key }) => keys.has(key));
  const fields = await FieldTable.of(connection, id);
  await fields.admit(known);
  // Of a key that comes twice the last counts.
  const last = [...new Map(known.map((item) => [item.key, item])).values()];
  await connection.run(
    `UPDATE items SET metadata = new.metadata, comparable = new.comparable::jsonb
     FROM unnest($2::bytea[], $3::text[], $4::text[]) AS new (hash, metadata, comparable)
     WHERE collection = $1 AND key_hash = hash`,
    id,
    last.map(({ key }) => keyHash(key)),
    last.map(({ metadata }) => JSON.stringify(metadata)),
    last.map(({ metadata }) => fields.comparable(metadata)),
  );
}

/** @returns how many there were. */
export async function removeItems(
  connection: Connection,
  collection: CollectionReference,
  keys: readonly string[],
): Promise<number> {
  const row = await lockCollection(connection, collection);
  const hashes = keys.map(keyHash);
  const removed = await connection.rows<{ readonly row: number }>(
    'DELETE FROM items WHERE collection = $1 AND key_hash = ANY ($2::bytea[]) RETURNING row',
    ...[row.id, hashes],
  );
  if (removed.length === 0) return 0;
  await connection.run(
    'DELETE FROM thumbnails WHERE collection = $1 AND key_hash = ANY ($2::bytea[])',
    ...[row.id, hashes],
  );
  const gone = removed.map((one, i) => ({ row: one.row, seq: row.seq + i + 1 }));
  await removeVectors(connection, row, gone);
  await count(connection, row.id, row.seq + removed.length, -removed.length);
  return removed.length;
}

function lastOfEachKey(items: readonly NewItem[]): readonly Incoming[] {
  const byKey = new Map<string, NewItem>();
  for (const item of items) {
    byKey.delete(item.key);
    byKey.set(item.key, item);
  }
  return [...byKey.values()].map((item) => ({
    item,
    hash: keyHash(item.key),
    vector: vectorText(item.embedding),
  }));
}

/** By the hash of the key, in hexadecimal. */
async function formerOf(
  connection: Connection,
  { id, set_id: set }: CollectionRow,
  incoming: readonly Incoming[],
): Promise<ReadonlyMap<string, Former>> {
  const found = await connection.rows<Former>(
    `SELECT items.row, encode(key_hash, 'hex') AS hash, embedding = vector::halfvec AS same
     FROM unnest($3::bytea[], $4::text[]) AS new (hash, vector)
     JOIN items ON collection = $1 AND key_hash = hash
     JOIN vectors ON set_id = $2 AND vectors.row = items.row`,
    ...[id, set, incoming.map(({ hash }) => hash), incoming.map(({ vector }) => vector)],
  );
  return new Map(found.map((one) => [one.hash, one]));
}

/** Under the number of the change that removes each. */
async function removeVectors(
  connection: Connection,
  { id, set_id: set, next_set: next, seq: now }: CollectionRow,
  removed: readonly { readonly row: number; readonly seq: number }[],
): Promise<void> {
  if (removed.length === 0) return;
  const rows = removed.map(({ row }) => row);
  await deleteVectors(connection, set, rows);
  if (next !== null) await deleteVectors(connection, next, rows);
  await connection.run(
    'INSERT INTO removed_rows (collection, seq, row) SELECT $1, * FROM unnest($2::integer[], $3::integer[])',
    ...[id, removed.map(({ seq }) => seq), rows],
  );
  // Whoever would need these is told of what is missing instead.
  const sql = 'DELETE FROM removed_rows WHERE collection = $1 AND seq <= $2';
  await connection.run(sql, id, now - REMEMBERED_CHANGES);
}

async function writeRows(
  connection: Connection,
  collection: number,
  placed: readonly (Incoming & { readonly row: number })[],
  fields: FieldTable,
): Promise<void> {
  const rows = placed.map(({ item, hash, row }) => {
    const { key, source, contentHash, facts, modified, metadata, thumbnail } = item;
    return {
      ...{ row, key, key_hash: hash.toString('hex'), source, modified, ...facts },
      content_hash: contentHash,
      metadata: JSON.stringify(metadata),
      comparable: fields.comparable(metadata),
      has_thumbnail: thumbnail !== undefined,
    };
  });
  await connection.run(
    `INSERT INTO items (collection, row, key, key_hash, source, content_hash, format, width, height, bytes,
       modified, indexed_at, metadata, comparable, has_thumbnail)
     SELECT $1, row, key, decode(key_hash, 'hex'), source, content_hash, format, width, height, bytes,
       modified, $2, metadata, comparable::jsonb, has_thumbnail
     FROM json_to_recordset($3::json) AS new (row integer, key text, key_hash text, source text,
       content_hash text, format text, width integer, height integer, bytes bigint,
       modified double precision, metadata text, comparable text, has_thumbnail boolean)
     ON CONFLICT (collection, key_hash) DO UPDATE SET row = excluded.row, source = excluded.source,
       content_hash = excluded.content_hash, format = excluded.format, width = excluded.width,
       height = excluded.height, bytes = excluded.bytes, modified = excluded.modified,
       indexed_at = excluded.indexed_at, metadata = excluded.metadata,
       comparable = excluded.comparable, has_thumbnail = excluded.has_thumbnail`,
    ...[collection, Date.now(), JSON.stringify(rows)],
  );
}

/** Most items have none, and had none. */
async function writeThumbnails(
  connection: Connection,
  collection: number,
  placed: readonly (Incoming & { readonly before: Former | undefined })[],
): Promise<void> {
  const lost = placed.filter(({ item, before }) => item.thumbnail === undefined && before);
  if (lost.length > 0) {
    await connection.run(
      'DELETE FROM thumbnails WHERE collection = $1 AND key_hash = ANY ($2::bytea[])',
      ...[collection, lost.map(({ hash }) => hash)],
    );
  }
  const having = placed.filter(({ item }) => item.thumbnail !== undefined);
  if (having.length === 0) return;
  await connection.run(
    `INSERT INTO thumbnails (collection, key_hash, image)
     SELECT $1, * FROM unnest($2::bytea[], $3::bytea[])
     ON CONFLICT (collection, key_hash) DO UPDATE SET image = excluded.image`,
    ...[collection, having.map(({ hash }) => hash)],
    having.map(({ item }) => item.thumbnail!),
  );
}

const count = (
  connection: Connection,
  collection: number,
  seq: number,
  added: number,
): Promise<number> =>
  connection.run(
    'UPDATE collections SET seq = $1, items = items + $2 WHERE id = $3',
    ...[seq, added, collection],
  );
