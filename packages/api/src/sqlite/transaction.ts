import type { DatabaseSync } from 'node:sqlite';

/** DEFERRED reads one state, whatever others write meanwhile; IMMEDIATE keeps other writers out. */
type TransactionKind = 'DEFERRED' | 'IMMEDIATE';

/** Runs `body` as a whole or not at all. */
export function transaction<T>(db: DatabaseSync, kind: TransactionKind, body: () => T): T {
  db.exec(`BEGIN ${kind}`);
  try {
    const result = body();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has ended it already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
