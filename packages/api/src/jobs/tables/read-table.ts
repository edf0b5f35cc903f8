import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FieldType } from '../../collections/collection.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { ApiErrorCode } from '../../errors/error-codes.ts';
import { moduleBeside, THREAD_ARGUMENTS } from '../../threads/module-beside.ts';
import type { NewJobItem } from '../job.ts';
import { badTable, type TableColumns, type TableFormat } from './table.ts';

export interface TableRequest {
  /** A path, or what a client has sent. */
  readonly file: string | Blob;
  readonly format: TableFormat;
  /** Names of the columns of a CSV or TSV file without a first row that has them. */
  readonly header?: readonly string[];
  readonly columns: TableColumns;
  /** The fields that the collection has. */
  readonly fields: ReadonlyMap<string, FieldType>;
}

export type TableReply =
  /** Undefined at the end. */
  | { readonly items: readonly NewJobItem[] | undefined }
  | { readonly code: ApiErrorCode | undefined; readonly message: string };

const SCRIPT = moduleBeside(import.meta.url, 'table-worker');
/** Of the thread's heap. */
const MAX_MEBIBYTES = 512;
/** Milliseconds until the next thousand rows. */
const TIMEOUT = 60_000;

/**
 * Reads a table in a thread of its own, whose memory and time are bounded.
 *
 * @returns items in batches, read as they are asked for.
 * @throws ApiError BAD_TABLE, which names the row or column, before the first item or later.
 */
export async function* readTable(request: TableRequest): AsyncGenerator<readonly NewJobItem[]> {
  const worker = new Worker(SCRIPT, {
    workerData: request,
    execArgv: THREAD_ARGUMENTS,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEBIBYTES },
  });
  try {
    for (;;) {
      const reply = await ask(worker);
      if ('message' in reply) throw failure(reply);
      if (reply.items === undefined) return;
      yield reply.items;
    }
  } finally {
    worker.removeAllListeners();
    worker.on('error', () => {});
    await worker.terminate();
  }
}

async function ask(worker: Worker): Promise<TableReply> {
  const signal = AbortSignal.timeout(TIMEOUT);
  worker.postMessage('next');
  try {
    const [reply] = await once(worker, 'message', { signal });
    return reply;
  } catch (error) {
    const isMemory = error instanceof Error && 'code' in error && error.code === OUT_OF_MEMORY;
    if (isMemory) throw badTable('a table that fits into memory a part at a time', 'a larger one');
    if (signal.aborted) throw badTable('a table that can be read in time', 'one that takes longer');
    throw error;
  }
}

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

const failure = ({ code, message }: Extract<TableReply, { message: string }>): Error =>
  code === undefined ? new Error(message) : new ApiError(code, message);
