import { open } from 'node:fs/promises';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { RunHeader } from './journal.ts';
import type { OutputRow } from './stored-rows.ts';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;

const SCHEMA: Schema = [
  { name: 'root', num_children: 5 },
  { name: 'row', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'file', ...TEXT, repetition_type: 'REQUIRED' },
  { name: 'values', converted_type: 'LIST', num_children: 1, repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  { name: 'error_code', ...TEXT, repetition_type: 'OPTIONAL' },
  { name: 'error_message', ...TEXT, repetition_type: 'OPTIONAL' },
];

/**
 * Writes columns `row`, `file`, `values` (a list of float32; null where there is an error),
 * `error_code` and `error_message`, with the run's header as metadata; a row group a chunk.
 */
export async function writeParquet(
  path: string,
  chunks: AsyncIterable<readonly OutputRow[]>,
  { clipql, model, normalized, dimensions }: RunHeader,
): Promise<void> {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: SCHEMA,
    createdBy: `clipql version ${clipql}`,
    kvMetadata: Object.entries({ model, normalized, dimensions }).map(([key, value]) => ({
      key: `clipql.${key}`,
      value: String(value),
    })),
  });
  for await (const rows of chunks) {
    await writer.write({
      rowGroupSize: rows.length,
      columnData: [
        { name: 'row', data: rows.map(({ row }) => row) },
        { name: 'file', data: rows.map(({ file }) => file) },
        {
          name: 'values',
          data: rows.map(({ values, error }) => (error ? null : [...values])),
          // Embeddings hardly compress, and have no order that statistics could serve.
          ...{ encoding: 'PLAIN', codec: 'UNCOMPRESSED', statistics: false },
        },
        { name: 'error_code', data: rows.map(({ error }) => error?.code ?? null) },
        { name: 'error_message', data: rows.map(({ error }) => error?.message ?? null) },
      ],
    });
  }
  await writer.finish();
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}
