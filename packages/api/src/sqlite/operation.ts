import { extname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: each operation has an input of its own.
type Operation = (db: DatabaseSync, input: any) => unknown;

/**
 * What a module for the database's threads exports. A read sees one state of the database. A write is
 * a transaction: done as a whole or not at all, and durable when its promise resolves.
 */
export interface OperationModule {
  readonly reads: Readonly<Record<string, Operation>>;
  readonly writes: Readonly<Record<string, Operation>>;
}

type Calls<O extends Readonly<Record<string, Operation>>> = {
  readonly [Name in keyof O]: (input: Parameters<O[Name]>[1]) => Promise<ReturnType<O[Name]>>;
};

/** A module's operations, as the event loop calls them. */
export interface Operations<M extends OperationModule> {
  readonly reads: Calls<M['reads']>;
  readonly writes: Calls<M['writes']>;
}

/**
 * The address of a module beside another, run from its sources or built.
 *
 * @param here `import.meta.url`.
 * @param name without an extension.
 */
export const moduleBeside = (here: string, name: string): URL =>
  new URL(`./${name}${extname(fileURLToPath(here))}`, here);
