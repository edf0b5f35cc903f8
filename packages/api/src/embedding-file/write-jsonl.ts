import { open } from 'node:fs/promises';
import type { OutputRow } from './stored-rows.ts';

/** Writes one object a row: `{row, file, values}`, or `{row, file, values: null, error}`. */
export async function writeJsonl(
  path: string,
  chunks: AsyncIterable<readonly OutputRow[]>,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const rows of chunks) await file.appendFile(rows.map(jsonLine).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

function jsonLine({ row, file, values, error }: OutputRow): string {
  const object = error ? { row, file, values: null, error } : { row, file, values: [...values] };
  return `${JSON.stringify(object)}\n`;
}
