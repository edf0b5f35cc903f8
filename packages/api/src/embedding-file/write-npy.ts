import { open } from 'node:fs/promises';
import { writeFully } from './disk.ts';
import { npyHeader } from './npy.ts';
import type { OutputRow } from './stored-rows.ts';

/** Writes a NumPy file of shape [count, dimensions]. */
export async function writeNpy(
  path: string,
  chunks: AsyncIterable<readonly OutputRow[]>,
  count: number,
  dimensions: number,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    const header = npyHeader(count, dimensions);
    await writeFully(file, header, 0);
    let position = header.length;
    for await (const rows of chunks) {
      const values = Buffer.concat(
        rows.map(({ values: v }) => Buffer.from(v.buffer, v.byteOffset, v.byteLength)),
      );
      await writeFully(file, values, position);
      position += values.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
