import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Collection } from '../collections/collection.ts';
import type { NewItem } from '../collections/item.ts';
import type { CollectionStore } from '../collections/store.ts';
import { writeNewFile } from '../files/new-file.ts';
import { SCHEMA, SPACE_KEYS } from './parquet-schema.ts';

/**
 * Writes a collection as Parquet, in the order of keys, from which {@link importParquet} makes an equal one. Equal
 * collections give equal files: what tells one run from another, such as when an item was indexed, is left out.
 *
 * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE; what the store throws.
 */
export async function exportParquet(
  store: CollectionStore,
  collection: Collection,
  target: string,
): Promise<void> {
  const { space } = collection;
  await writeNewFile(target, async (path) => {
    const writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: SCHEMA,
      createdBy: 'clipql',
      kvMetadata: [
        { key: SPACE_KEYS.hash, value: space.hash },
        { key: SPACE_KEYS.model, value: space.model },
        { key: SPACE_KEYS.dimensions, value: String(space.dimensions) },
      ],
    });
    for await (const items of store.stored(collection)) {
      await writer.write({ rowGroupSize: items.length, columnData: columnsOf(items) });
    }
    await writer.finish();
  });
}

type Columns = Parameters<ParquetWriter['write']>[0]['columnData'];

function columnsOf(items: readonly NewItem[]): Columns {
  const column = (name: string, value: (item: NewItem) => unknown) => ({
    name,
    data: items.map(value),
  });
  // Neither compresses, and neither has an order that statistics could serve.
  const asItIs = { encoding: 'PLAIN', codec: 'UNCOMPRESSED', statistics: false } as const;
  return [
    column('key', ({ key }) => key),
    column('source', ({ source }) => source),
    column('content_hash', ({ contentHash }) => contentHash ?? null),
    column('format', ({ facts }) => facts?.format ?? null),
    column('width', ({ facts }) => facts?.width ?? null),
    column('height', ({ facts }) => facts?.height ?? null),
    column('bytes', ({ facts }) => facts?.bytes ?? null),
    column('modified', ({ modified }) => modified ?? null),
    column('metadata', ({ metadata }) => JSON.stringify(metadata)),
    { ...column('thumbnail', ({ thumbnail }) => thumbnail ?? null), ...asItIs },
    { ...column('embedding', ({ embedding }) => [...embedding]), ...asItIs },
  ];
}
