import type { Connection } from '../../postgres/connection.ts';
import { bytesAsFloats, floatsAsBytes } from '../../postgres/float-bytes.ts';
import type { CollectionReference } from '../collection-row.ts';
import { rowOfSpace } from './catalogue.ts';

interface Floats {
  readonly floats: Buffer;
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
  await connection.run(sql, space, words, floatsAsBytes(prompts));
}

export async function readLevels(
  connection: Connection,
  collection: CollectionReference,
  words: string,
): Promise<Float32Array> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const sql = 'SELECT floats FROM levels WHERE set_id = $1 AND words = $2 ORDER BY first_row';
  const parts = await connection.rows<Floats>(sql, set, words);
  return bytesAsFloats(Buffer.concat(parts.map(({ floats }) => floats)));
}

/** @param from ignored unless the levels that are there end before it. */
export async function keepLevels(
  connection: Connection,
  collection: CollectionReference,
  words: string,
  from: number,
  levels: Float32Array,
): Promise<void> {
  const { set_id: set } = await rowOfSpace(connection, collection);
  const last = await connection.first<{ readonly end: number }>(
    `SELECT first_row + length(floats) / 4 AS end FROM levels WHERE set_id = $1 AND words = $2
     ORDER BY first_row DESC LIMIT 1`,
    ...[set, words],
  );
  if (from !== (last?.end ?? 0)) return;
  if (from === 0) {
    await connection.run('DELETE FROM levels WHERE set_id = $1 AND words <> $2', set, words);
  }
  // Another process may keep them at the same time.
  const sql =
    'INSERT INTO levels (set_id, words, first_row, floats) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';
  await connection.run(sql, set, words, from, floatsAsBytes(levels));
}
