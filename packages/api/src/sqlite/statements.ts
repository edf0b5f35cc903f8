import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

const prepared = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A statement, prepared once for each connection. @param sql is never made from data. */
export function statement(db: DatabaseSync, sql: string): StatementSync {
  const statements = prepared.get(db) ?? new Map<string, StatementSync>();
  prepared.set(db, statements);
  const known = statements.get(sql) ?? db.prepare(sql);
  statements.set(sql, known);
  return known;
}

/** The rows of an answer. @typeParam Row as the statement's columns are. */
export const all = <Row>(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): Row[] =>
  statement(db, sql).all(...values) as Row[];

/** Its first row. */
export const first = <Row>(
  db: DatabaseSync,
  sql: string,
  ...values: SQLInputValue[]
): Row | undefined => statement(db, sql).get(...values) as Row | undefined;

/** @returns how many rows it changed. */
export const run = (db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number =>
  Number(statement(db, sql).run(...values).changes);
