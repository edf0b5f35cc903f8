import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARED } from '../access/owner.ts';
import type { NewItem } from '../collections/item.ts';
import type { CollectionStore } from '../collections/store.ts';
import { OF_NO_FILE, OTHER_SPACE, SPACE, sample } from '../collections/testing/samples.ts';
import { STORES, type TestStore } from '../collections/testing/stores.ts';
import { exportNpy } from './export-npy.ts';
import { exportParquet } from './export-parquet.ts';
import { openCollectionFile } from './import-parquet.ts';

const ITEMS: readonly NewItem[] = [
  ...Array.from({ length: 1_200 }, (_, i) => sample(`k${i}`, i, { n: i, tags: [`t${i % 7}`] })),
  {
    ...sample('thumb', 5, { '"': "'", when: '2020-01-01', raw: true }),
    thumbnail: Uint8Array.of(0, 255, 128),
  },
  { ...sample('made elsewhere', 7), ...OF_NO_FILE },
  { ...sample('a,b\n"c"', 6, JSON.parse('{"__proto__": "x"}')), modified: undefined },
];

let opened: TestStore;
let store: CollectionStore;
let folder: string;

beforeAll(async () => {
  opened = await STORES[0]![1]();
  store = opened.store;
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});

/** A collection of the items, written in some order. */
async function filled(name: string, items: readonly NewItem[]) {
  const collection = await store.create(SHARED, name, SPACE);
  for (let i = 0; i < items.length; i += 500)
    await store.upsert(collection, items.slice(i, i + 500));
  return collection;
}

test('a collection comes back from Parquet as it was, and equal ones give equal files', async () => {
  const first = await filled('first', ITEMS);
  const second = await filled('second', ITEMS.toReversed());
  await store.upsert(second, [sample('gone', 9), sample('k3', 8)]);
  await store.remove(second, ['gone']);
  await store.upsert(second, ITEMS.slice(3, 4));
  const [one, two, three] = ['one', 'two', 'three'].map((name) => join(folder, `${name}.parquet`));
  await exportParquet(store, first, one!);
  await exportParquet(store, second, two!);
  const bytes = await readFile(one!);
  expect(bytes.equals(await readFile(two!))).toBe(true);

  const file = await openCollectionFile(one!);
  expect(file).toMatchObject({ space: SPACE, items: ITEMS.length });
  const third = await store.create(SHARED, 'third', file.space);
  await file.importInto(store, third);
  const read: NewItem[] = [];
  for await (const items of store.stored(third)) read.push(...items);
  const byKey = (a: NewItem, b: NewItem) => (a.key < b.key ? -1 : 1);
  expect(read).toEqual(ITEMS.toSorted(byKey));
  await exportParquet(store, third, three!);
  expect(bytes.equals(await readFile(three!))).toBe(true);
});

test('embeddings and keys come as NumPy and CSV, in the order of keys', async () => {
  const items = [sample('b', 1), sample('a,"x"', 2)];
  const collection = await filled('numpy', items);
  const paths = { npy: join(folder, 'n.npy'), keys: join(folder, 'n.csv') };
  await exportNpy(store, collection, paths);
  const npy = await readFile(paths.npy);
  expect(npy.toString('latin1', 10, 128)).toContain("'shape': (2, 8)");
  expect([...new Float32Array(npy.buffer.slice(npy.byteOffset + 128))]).toEqual([
    ...items[1]!.embedding,
    ...items[0]!.embedding,
  ]);
  expect(await readFile(paths.keys, 'utf8')).toBe('key\n"a,""x"""\nb\n');
  await expect(exportNpy(store, collection, paths)).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
});

test('an export into nowhere leaves nothing behind', async () => {
  const collection = await filled('nowhere', ITEMS.slice(0, 2));
  await expect(
    exportParquet(store, collection, join(folder, 'no', 'x.parquet')),
  ).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  await store.drop(SHARED, 'nowhere');
  await expect(exportParquet(store, collection, join(folder, 'x.parquet'))).rejects.toMatchObject({
    code: 'UNKNOWN_COLLECTION',
  });
  expect((await readdir(folder)).filter((name) => /tmp|^x/.test(name))).toEqual([]);
});

test('a file that is no export, and a collection of another model, are clear errors', async () => {
  const path = join(folder, 'odd.parquet');
  await writeFile(path, 'PAR1 not really PAR1');
  await expect(openCollectionFile(path)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await rm(path);
  await exportParquet(store, await filled('odd', ITEMS.slice(0, 2)), path);
  const other = await store.create(SHARED, 'other', OTHER_SPACE);
  await expect((await openCollectionFile(path)).importInto(store, other)).rejects.toMatchObject({
    code: 'COLLECTION_MODEL_MISMATCH',
  });
  await truncate(path, 300);
  await expect(openCollectionFile(path)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(openCollectionFile(join(folder, 'none'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('ENOENT'),
  });
});
