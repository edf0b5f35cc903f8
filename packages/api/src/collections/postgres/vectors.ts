import type { Connection } from '../../postgres/connection.ts';
import { floatsOf } from '../halves.ts';

/**
 * SQL for the halves of a vector as bytes, big-endian. PostgreSQL's own form begins with the length and 2 bytes that
 * are free.
 */
export const HALVES = 'substr(halfvec_send(embedding), 5)';

/** Bytes of {@link HALVES} as the bits of halves. */
export function halvesOf(bytes: Buffer): Uint16Array {
  const copy = new Uint8Array(bytes);
  Buffer.from(copy.buffer).swap16();
  return new Uint16Array(copy.buffer);
}

/** Five digits tell all halves apart. A vector has the same few thousand again and again. */
const DIGITS = 5;
const halfTexts: string[] = [];

/** A vector [E] as text that PostgreSQL reads, rounded to half precision, which comes through as it is. */
export function vectorText(vector: Float32Array): string {
  const halves = new Float16Array(vector);
  const texts = Array.from(new Uint16Array(halves.buffer), (bits, i) => {
    halfTexts[bits] ??= String(Number(halves[i]!.toPrecision(DIGITS)));
    return halfTexts[bits];
  });
  return `[${texts.join(',')}]`;
}

/** [E] each, by row, of those that there are. */
export async function vectorsOfRows(
  connection: Connection,
  set: number,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Float32Array>> {
  const found = await connection.rows<{ readonly row: number; readonly halves: Buffer }>(
    `SELECT row, ${HALVES} AS halves FROM vectors WHERE set_id = $1 AND row = ANY ($2::integer[])`,
    set,
    rows,
  );
  return new Map(found.map(({ row, halves }) => [row, floatsOf(halvesOf(halves))]));
}

interface RowVector {
  readonly row: number;
  /** As {@link vectorText} has it. */
  readonly vector: string;
}

/** Those of rows that have one are ignored. */
export async function insertVectors(
  connection: Connection,
  set: number,
  vectors: readonly RowVector[],
): Promise<void> {
  if (vectors.length === 0) return;
  const count = await connection.run(
    `INSERT INTO vectors (set_id, row, embedding)
     SELECT $1, row, vector::halfvec FROM unnest($2::integer[], $3::text[]) AS new (row, vector)
     ON CONFLICT DO NOTHING`,
    set,
    vectors.map(({ row }) => row),
    vectors.map(({ vector }) => vector),
  );
  await addToCount(connection, set, count);
}

export async function deleteVectors(
  connection: Connection,
  set: number,
  rows: readonly number[],
): Promise<void> {
  if (rows.length === 0) return;
  const sql = 'DELETE FROM vectors WHERE set_id = $1 AND row = ANY ($2::integer[])';
  await addToCount(connection, set, -(await connection.run(sql, set, rows)));
}

const addToCount = (connection: Connection, set: number, change: number): Promise<number> =>
  connection.run('UPDATE vector_sets SET vectors = vectors + $1 WHERE id = $2', change, set);
