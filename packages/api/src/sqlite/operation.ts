import type { DatabaseSync } from 'node:sqlite';

// biome-ignore lint/suspicious/noExplicitAny: each operation has an input of its own.
type Operation = (db: DatabaseSync, input: any) => unknown;

type OperationTable = Readonly<Record<string, Operation>>;

/**
 * What a module for the database's threads exports, by the thread that does it. Reads and scans see one
 * state of the database. A write is a transaction: done as a whole or not at all, and durable when its
 * promise resolves.
 */
export interface OperationModule {
  /** Milliseconds. */
  readonly reads?: OperationTable;
  /** Up to seconds: what goes over many rows. */
  readonly scans?: OperationTable;
  readonly writes?: OperationTable;
}

export type OperationKind = keyof OperationModule;

type Calls<O> = {
  readonly [Name in keyof O]: O[Name] extends Operation
    ? (input: Parameters<O[Name]>[1]) => Promise<ReturnType<O[Name]>>
    : never;
};

/** A module's operations, as the event loop calls them. */
export type Operations<M extends OperationModule> = {
  readonly [Kind in OperationKind & keyof M]: Calls<M[Kind]>;
};
