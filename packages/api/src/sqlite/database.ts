import { join } from 'node:path';
import { writeNewFile } from '../files/new-file.ts';
import { DatabaseThread } from './database-thread.ts';
import type { OperationKind, OperationModule, Operations } from './operation.ts';
import { fileStays } from './same-file.ts';

/** The database of a data folder. Several processes may have it open. */
export interface Database {
  /** @param module the address of an `OperationModule`: `moduleBeside(import.meta.url, 'operations')`. */
  operations<M extends OperationModule>(module: URL): Operations<M>;
  /**
   * Writes a copy as it is now, while others read and write.
   *
   * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE, STORE_FULL.
   */
  backup(target: string): Promise<void>;
  /** Whether the file that was opened is still in its place; writes fail where it is not. */
  isThere(): boolean;
  /** When what was asked before is done. */
  close(): Promise<void>;
}

/**
 * Opens `clipql.db` in a data folder, or makes it. Writes, reads and scans have a thread each, started
 * when it is first needed: neither the event loop nor a write waits while a filter goes over a million items.
 *
 * @param folder must exist.
 * @param isShared whether other processes may use it; if not, the file is opened when it is first needed.
 * @throws ApiError STORE_DAMAGED, STORE_TOO_NEW, STORE_FULL, STORE_UNAVAILABLE.
 */
export async function openDatabase(folder: string, isShared = true): Promise<Database> {
  const file = join(folder, 'clipql.db');
  const threads: Readonly<Record<OperationKind, DatabaseThread>> = {
    writes: new DatabaseThread({ file, prepares: true }),
    reads: new DatabaseThread({ file, prepares: false }),
    scans: new DatabaseThread({ file, prepares: false }),
  };
  let isThere = () => true;
  if (isShared) {
    await threads.writes.open();
    isThere = fileStays(file);
  }
  const calls = (module: URL, kind: OperationKind) =>
    new Proxy(
      {},
      {
        get: (_, name) => async (input: unknown) => {
          // Which makes the tables that the others read.
          await threads.writes.open();
          return threads[kind].call({ module: module.href, kind, name: String(name), input });
        },
      },
    );
  return {
    operations: <M extends OperationModule>(module: URL) =>
      ({
        reads: calls(module, 'reads'),
        scans: calls(module, 'scans'),
        writes: calls(module, 'writes'),
      }) as Operations<M>,
    isThere: () => isThere(),
    backup: (target) =>
      writeNewFile(target, async (path) => {
        await threads.scans.call({ backup: path });
      }),
    close: async () => {
      await Promise.all([threads.reads.close(), threads.scans.close()]);
      // The last connection to a file tidies it up.
      await threads.writes.close();
    },
  };
}
