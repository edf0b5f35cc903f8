import type { DatabaseSync } from 'node:sqlite';
import { blobOf, floatsIn } from '../../sqlite/blobs.ts';
import { all, first, run } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import { rowOfSpace } from './catalogue.ts';

interface Prompts {
  /** The hash of a space. */
  readonly space: string;
  readonly words: string;
}

interface Levels {
  readonly collection: CollectionReference;
  readonly words: string;
}

interface Floats {
  readonly floats: Uint8Array;
}

export function readPrompts(db: DatabaseSync, { space, words }: Prompts): Float32Array | undefined {
  const sql = 'SELECT floats FROM prompts WHERE space = ? AND words = ?';
  const found = first<Floats>(db, sql, space, words);
  return found && floatsIn(found.floats);
}

export function keepPrompts(
  db: DatabaseSync,
  { space, words, prompts }: Prompts & { readonly prompts: Float32Array },
): void {
  // Other words are those of another version.
  run(db, 'DELETE FROM prompts WHERE space = ? AND words <> ?', space, words);
  const sql = 'INSERT OR IGNORE INTO prompts (space, words, floats) VALUES (?, ?, ?)';
  run(db, sql, space, words, blobOf(prompts));
}

export function readLevels(db: DatabaseSync, { collection, words }: Levels): Float32Array {
  const { set_id: set } = rowOfSpace(db, collection);
  const sql = 'SELECT floats FROM levels WHERE set_id = ? AND words = ? ORDER BY first_row';
  const parts = all<Floats>(db, sql, set, words).map(({ floats }) => floats);
  // A copy, since Node's pool of small buffers cannot be given to another thread.
  return floatsIn(new Uint8Array(Buffer.concat(parts)));
}

export function keepLevels(
  db: DatabaseSync,
  {
    collection,
    words,
    from,
    levels,
  }: Levels & { readonly from: number; readonly levels: Float32Array },
): void {
  const { set_id: set } = rowOfSpace(db, collection);
  const last = first<{ readonly end: number }>(
    db,
    `SELECT first_row + length(floats) / 4 AS end FROM levels WHERE set_id = ? AND words = ?
     ORDER BY first_row DESC LIMIT 1`,
    ...([set, words] as const),
  );
  // Another process has kept them meanwhile.
  if (from !== (last?.end ?? 0)) return;
  if (from === 0) run(db, 'DELETE FROM levels WHERE set_id = ? AND words <> ?', set, words);
  const sql = 'INSERT INTO levels (set_id, words, first_row, floats) VALUES (?, ?, ?, ?)';
  run(db, sql, set, words, from, blobOf(levels));
}
