import type { DatabaseSync } from 'node:sqlite';
import { blobOf, halvesIn } from '../../sqlite/blobs.ts';
import { first, run } from '../../sqlite/statements.ts';

/** Rows of a set follow each other, so that loading it reads the file from front to back. */
const SET = 2 ** 32;

export const vectorId = (set: number, row: number): number => set * SET + row;

export function insertVector(db: DatabaseSync, set: number, row: number, halves: Uint16Array) {
  run(db, 'INSERT INTO vectors (id, halves) VALUES (?, ?)', vectorId(set, row), blobOf(halves));
  run(db, 'UPDATE vector_sets SET vectors = vectors + 1 WHERE id = ?', set);
}

export function deleteVector(db: DatabaseSync, set: number, row: number): void {
  const count = run(db, 'DELETE FROM vectors WHERE id = ?', vectorId(set, row));
  if (count > 0) run(db, 'UPDATE vector_sets SET vectors = vectors - 1 WHERE id = ?', set);
}

/** [E] in half precision. */
export function readVector(db: DatabaseSync, set: number, row: number): Uint16Array | undefined {
  const sql = 'SELECT halves FROM vectors WHERE id = ?';
  const found = first<{ readonly halves: Uint8Array }>(db, sql, vectorId(set, row));
  return found && halvesIn(found.halves);
}
