import type { DatabaseSync } from 'node:sqlite';
import type { RowValues } from '@clipql/core';
import { blobOf, floatsIn, rowsIn } from '../../sqlite/blobs.ts';
import { first, run } from '../../sqlite/statements.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { KeptLevels } from '../store.ts';
import { rowOfSpace } from './catalogue.ts';

interface Prompts {
  /** The hash of a space. */
  readonly space: string;
  readonly words: string;
}

interface Levels {
  readonly collection: CollectionReference;
  readonly words: string;
  /** A row. */
  readonly after: number;
}

interface Floats {
  readonly floats: Uint8Array;
}

interface Part extends Floats {
  readonly rows: Uint8Array;
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

export function readLevels(
  db: DatabaseSync,
  { collection, words, after }: Levels,
): Pick<RowValues, 'rows' | 'values'> | undefined {
  const { set_id: set } = rowOfSpace(db, collection);
  const part = first<Part>(
    db,
    `SELECT rows, floats FROM row_levels WHERE set_id = ? AND words = ? AND last_row > ?
     ORDER BY last_row LIMIT 1`,
    ...([set, words, after] as const),
  );
  return part && { rows: rowsIn(part.rows), values: floatsIn(part.floats) };
}

export function keepLevels(
  db: DatabaseSync,
  {
    collection,
    words,
    rows,
    values,
    after,
    replace,
  }: Levels & Pick<RowValues, 'rows' | 'values'> & KeptLevels,
): void {
  const { set_id: set } = rowOfSpace(db, collection);
  const kept = first<{ readonly last: number | null }>(
    db,
    'SELECT max(last_row) AS last FROM row_levels WHERE set_id = ? AND words = ?',
    ...([set, words] as const),
  );
  // Another process has kept some meanwhile.
  if (after !== (kept?.last ?? -1)) return;
  if (after === -1) run(db, 'DELETE FROM row_levels WHERE set_id = ? AND words <> ?', set, words);
  if (replace) run(db, 'DELETE FROM row_levels WHERE set_id = ? AND words = ?', set, words);
  const sql =
    'INSERT INTO row_levels (set_id, words, last_row, rows, floats) VALUES (?, ?, ?, ?, ?)';
  run(db, sql, set, words, rows.at(-1)!, blobOf(rows), blobOf(values));
}
