/** Operations that bring a database's threads into trouble. */
import type { DatabaseSync } from 'node:sqlite';

export const writes = {
  /** As many pages as there are now and so many more: what a full disk looks like to SQLite. */
  leavePages: (db: DatabaseSync, pages: number) => {
    const { page_count: count } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${count + pages}`);
  },
  /** The thread's end, in the middle of a transaction. */
  die: (db: DatabaseSync) => {
    db.exec("INSERT INTO vector_sets (hash, model, dimensions) VALUES ('never', 'never', 1)");
    process.exit();
  },
  /** Numbers of rows, by table. */
  count: (db: DatabaseSync) => {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    const rows = ({ name }: { name: string }) =>
      (db.prepare(`SELECT count(*) AS n FROM ${name}`).get() as { n: number }).n;
    return Object.fromEntries(tables.map((table) => [table.name, rows(table)]));
  },
};
