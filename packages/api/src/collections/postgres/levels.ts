import { RowValues } from '@clipql/core';
import type { Connection } from '../../postgres/connection.ts';
import { bytesAsFloats, bytesAsRows, numbersAsBytes } from '../../postgres/number-bytes.ts';
import type { CollectionReference } from '../collection-row.ts';
import type { KeptLevels } from '../store.ts';
import { rowOfSpace } from './catalogue.ts';

interface Floats {
  readonly floats: Buffer;
}

interface Part extends Floats {
  readonly rows: Buffer;
}

export async function readPrompts(
  connection: Connection,
  space: string,
  words: string,
): Promise<Float32Array | undefined> {
  const sql = 'SELECT floats FROM prompts WHERE space = $1 AND words = $2';
  const found = await connection.first<Floats>(sql, space, words);
  return found && bytesAsFloats(found.floats);
}

export async function keepPrompts(
  connection: Connection,
  space: string,
  words: string,
  prompts: Float32Array,
): Promise<void> {
  // Other words are those of another version.
  await connection.run('DELETE FROM prompts WHERE space = $1 AND words <> $2', space, words);
  const sql =
    'INSERT INTO prompts (space, words, floats) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
  await connection.run(sql, space, words, numbersAsBytes(prompts));
}

export async function readLevels(
  connection: Connection,
  collection: CollectionReference,
  words: string,
  after: number,
): Promise<RowValues | undefined> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const part = await connection.first<Part>(
    `SELECT rows, floats FROM row_levels WHERE set_id = $1 AND words = $2 AND last_row > $3
     ORDER BY last_row LIMIT 1`,
    ...[set, words, after],
  );
  return part && new RowValues(bytesAsRows(part.rows), bytesAsFloats(part.floats));
}

export async function keepLevels(
  connection: Connection,
  collection: CollectionReference,
  words: string,
  { rows, values }: RowValues,
  { after, replace }: KeptLevels,
): Promise<void> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const kept = await connection.first<{ readonly last: number | null }>(
    'SELECT max(last_row) AS last FROM row_levels WHERE set_id = $1 AND words = $2',
    ...[set, words],
  );
  if (after !== (kept?.last ?? -1)) return;
  if (after === -1) {
    await connection.run('DELETE FROM row_levels WHERE set_id = $1 AND words <> $2', set, words);
  }
  if (replace) {
    await connection.run('DELETE FROM row_levels WHERE set_id = $1 AND words = $2', set, words);
  }
  // Another process may keep them at the same time.
  await connection.run(
    `INSERT INTO row_levels (set_id, words, last_row, rows, floats) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    ...[set, words, rows.at(-1)!, numbersAsBytes(rows), numbersAsBytes(values)],
  );
}
