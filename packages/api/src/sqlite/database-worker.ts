/** The script of a thread that has a connection of its own. */
import { backup, type DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError } from '../errors/api-error.ts';
import { connect, prepareFile } from './open-file.ts';
import type { OperationModule } from './operation.ts';
import type { Reply, Request, ThreadSettings } from './protocol.ts';
import { fileStays } from './same-file.ts';
import { fileIsGone, storeError } from './store-error.ts';
import { transaction } from './transaction.ts';

/** All pages in one step: in several, a backup would begin again whenever somebody writes. */
const ALL_PAGES = 2 ** 31 - 1;

const { file, prepares } = workerData as ThreadSettings;

let db: DatabaseSync;
let isThere: () => boolean;
let last: Promise<void>;

parentPort!.on('message', (request: Request) => {
  last = last.then(() => take(request));
});

last = answer(undefined, () => {
  db = connect(file);
  if (prepares) prepareFile(db, file);
  isThere = fileStays(file);
});

async function take(request: Request): Promise<void> {
  if (request === 'close') {
    db.close();
    parentPort!.close();
    return;
  }
  if ('backup' in request) {
    const { id, backup: path } = request;
    return answer(id, () => backup(db, path, { rate: ALL_PAGES }));
  }
  const { id, module, kind, name, input } = request;
  await answer(id, async () => {
    const operation = ((await import(module)) as OperationModule)[kind]![name]!;
    if (kind !== 'writes') return transaction(db, 'DEFERRED', () => operation(db, input));
    return transaction(db, 'IMMEDIATE', () => {
      const result = operation(db, input);
      if (!isThere()) throw fileIsGone(file);
      return result;
    });
  });
}

async function answer(id: number | undefined, act: () => unknown): Promise<void> {
  try {
    const result = await act();
    parentPort!.postMessage({ id, result } satisfies Reply, buffersOf(result));
  } catch (thrown) {
    const error = storeError(thrown, file);
    const code = error instanceof ApiError ? error.code : undefined;
    const message =
      error instanceof Error ? ((code && error.message) ?? error.stack ?? '') : String(error);
    parentPort!.postMessage({ id, code, message } satisfies Reply);
  }
}

/** The memory of a result's arrays, megabytes for vectors: it changes hands instead of being copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  // Not into its values, which are millions.
  const isArray = ArrayBuffer.isView(result);
  const values = isArray || !(result instanceof Object) ? [result] : Object.values(result);
  const arrays = values.filter((value) => ArrayBuffer.isView(value));
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
