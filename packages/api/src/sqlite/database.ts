import { join } from 'node:path';
import { backupFile } from './backup.ts';
import { DatabaseThread } from './database-thread.ts';
import type { OperationModule, Operations } from './operation.ts';

/** The database of a data folder. Several processes may have it open. */
export interface Database {
  /** @param module the address of an `OperationModule`: `moduleBeside(import.meta.url, 'operations')`. */
  operations<M extends OperationModule>(module: URL): Operations<M>;
  /** @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE. */
  backup(target: string): Promise<void>;
  /** When what was asked before is done. */
  close(): Promise<void>;
}

/**
 * Opens `clipql.db` in a data folder, or makes it. Writes and reads have a thread each, since a filter
 * over a million items takes a second, in which neither the event loop nor a write may wait.
 *
 * @param folder is there.
 * @throws ApiError STORE_DAMAGED, STORE_TOO_NEW, STORE_FULL, STORE_UNAVAILABLE.
 */
export async function openDatabase(folder: string): Promise<Database> {
  const file = join(folder, 'clipql.db');
  const threads = {
    writes: new DatabaseThread({ file, prepares: true }),
    reads: new DatabaseThread({ file, prepares: false }),
  };
  await threads.writes.open();
  await threads.reads.open();
  const calls = (module: URL, kind: 'reads' | 'writes') =>
    new Proxy(
      {},
      {
        get: (_, name) => (input: unknown) =>
          threads[kind].call({ module: module.href, kind, name: String(name), input }),
      },
    );
  return {
    operations: <M extends OperationModule>(module: URL) =>
      ({ reads: calls(module, 'reads'), writes: calls(module, 'writes') }) as Operations<M>,
    backup: (target) => backupFile(file, target),
    close: async () => {
      await threads.reads.close();
      await threads.writes.close();
    },
  };
}
