import type { OutputFormat } from './formats.ts';
import type { RunHeader } from './journal.ts';
import type { OutputRow } from './stored-rows.ts';
import { writeJsonl } from './write-jsonl.ts';
import { writeNpy } from './write-npy.ts';

/**
 * Writes a whole output.
 *
 * @param count of all rows.
 */
export async function writeOutput(
  path: string,
  format: OutputFormat,
  rows: AsyncIterable<readonly OutputRow[]>,
  header: RunHeader,
  count: number,
): Promise<void> {
  if (format === 'npy') await writeNpy(path, rows, count, header.dimensions);
  else if (format === 'jsonl') await writeJsonl(path, rows);
  else {
    const { writeParquet } = await import('./write-parquet.ts');
    await writeParquet(path, rows, header);
  }
}
