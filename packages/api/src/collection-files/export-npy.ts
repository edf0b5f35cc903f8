import { open, writeFile } from 'node:fs/promises';
import type { Collection } from '../collections/collection.ts';
import type { CollectionStore } from '../collections/store.ts';
import { writeFully } from '../embedding-file/disk.ts';
import { NPY_HEADER_BYTES, npyHeader } from '../embedding-file/npy.ts';
import { writeNewFile } from '../files/new-file.ts';

/**
 * Writes a collection's embeddings as a NumPy file of float32, [items, E], in the order of keys, and the
 * keys as CSV: a column `key`, a line for each row.
 *
 * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE; what the store throws.
 */
export async function exportNpy(
  store: CollectionStore,
  collection: Collection,
  paths: { readonly npy: string; readonly keys: string },
): Promise<void> {
  const keys: string[] = [];
  await writeNewFile(paths.npy, async (path) => {
    const file = await open(path, 'w');
    try {
      let position = NPY_HEADER_BYTES;
      for await (const items of store.stored(collection)) {
        const values = Buffer.concat(items.map(({ embedding }) => bytesOf(embedding)));
        await writeFully(file, values, position);
        position += values.length;
        keys.push(...items.map(({ key }) => key));
      }
      // How many there are is known in the end alone: others may write meanwhile.
      await writeFully(file, npyHeader(keys.length, collection.space.dimensions), 0);
    } finally {
      await file.close();
    }
  });
  const lines = ['key', ...keys.map(quoted)];
  await writeNewFile(paths.keys, (path) => writeFile(path, `${lines.join('\n')}\n`));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** As RFC 4180 has it. */
const quoted = (key: string): string =>
  /[",\r\n]|^\s|\s$/.test(key) ? `"${key.replaceAll('"', '""')}"` : key;
