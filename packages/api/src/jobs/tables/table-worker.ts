/** The script of a thread that reads one table: a batch of items for each message. */
import { openAsBlob } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError } from '../../errors/api-error.ts';
import type { NewJobItem } from '../job.ts';
import { openDelimited } from './delimited.ts';
import { itemBatches } from './item-batches.ts';
import { openJsonLines } from './json-lines.ts';
import { openParquet } from './parquet.ts';
import type { TableReply, TableRequest } from './read-table.ts';
import type { OpenTable } from './table.ts';
import { tableItems } from './table-items.ts';
import { textChunks } from './text-chunks.ts';

const { file, format, header, columns, fields } = workerData as TableRequest;

const batches = inBatches();

parentPort!.on('message', async () => {
  parentPort!.postMessage(await answer());
});

async function answer(): Promise<TableReply> {
  try {
    const { value, done } = await batches.next();
    return { items: done ? undefined : value };
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, message: error.message };
    return { code: undefined, message: error instanceof Error ? (error.stack ?? '') : '' };
  }
}

async function* inBatches(): AsyncGenerator<readonly NewJobItem[]> {
  // Blobs of files cannot be given to a thread.
  const blob = typeof file === 'string' ? await openAsBlob(file) : file;
  yield* itemBatches(tableItems(await open(blob), columns, fields), blob.size);
}

async function open(blob: Blob): Promise<OpenTable> {
  if (format === 'PARQUET') return openParquet(blob, wantedColumns());
  const chunks = textChunks(blob);
  if (format === 'JSONL') return openJsonLines(chunks);
  return openDelimited(chunks, format === 'CSV' ? ',' : '\t', format === 'CSV', header);
}

function wantedColumns(): readonly string[] | undefined {
  const { source, key, metadata } = columns;
  if (metadata === undefined) return undefined;
  const own = key === undefined ? [source] : [source, key];
  return [...own, ...metadata.map(({ column }) => column)];
}
