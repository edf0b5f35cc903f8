import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import { openVectors, type VectorFile } from '../../collection-files/open-vectors.ts';
import type { Collection, VectorSpace } from '../../collections/collection.ts';
import { findIfThere } from '../../collections/find-if-there.ts';
import type { NewItem } from '../../collections/item.ts';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { leaseSpace, spaceOf } from '../../jobs/lease-space.ts';
import { createLoaders } from '../../loaders/loaders.ts';
import type { ModelLease } from '../../models/registry.ts';
import type { Flags } from '../../settings/settings.ts';
import { createProgress } from '../progress.ts';
import { warn } from '../report.ts';
import { checkVectors, type Sample, sampledRows } from './check-vectors.ts';
import { nameOfFile } from './choose-collection.ts';
import { addStoreFlags } from './flags.ts';
import { type LocalStore, withLocalStore } from './local-store.ts';
import { checkRows, openRows, type ReadRows, type VectorRow } from './vector-rows.ts';

interface VectorFlags extends Flags {
  readonly keys: string;
  readonly key?: string;
  readonly source?: string;
  readonly folder?: string;
  readonly in?: string;
  /** False with `--no-header`. */
  readonly header: boolean;
  /** False with `--no-check`. */
  readonly check: boolean;
}

const EXAMPLES = `
Examples:
  $ clipql import vectors features.npy --keys photo_ids.csv --folder photos --in photos
  $ clipql import vectors features.npy --keys photos.tsv --key photo_id --source photo_image_url

Row N of the vectors is of row N of the keys. Other columns become metadata. Where images can be read, some are
embedded again and compared: vectors of another model or of other images are refused. With --folder alone, keys are
paths in it, or names without an ending. If it is stopped, the same command goes on.`;

/** `clipql import vectors FILE` */
export function addImportVectors(importing: Command): void {
  const command = importing
    .command('vectors')
    .description('Take embeddings that were made elsewhere, by the same model.')
    .argument('<file>', 'NumPy file of float16, float32 or float64, [images, values]')
    .requiredOption('--keys <file>', 'CSV, TSV, JSONL or Parquet file with a row per vector')
    .option('--key <column>', 'column of keys (default: the first; in JSONL and Parquet "key")')
    .option('--no-header', 'the file has keys alone, without a first row that names columns')
    .option('--source <column>', 'column of URLs, or of paths in --folder')
    .option('--folder <dir>', 'folder of the images')
    .option('--in <name>', 'collection that they go into; default: one like the file’s name')
    .option('--no-check', 'do not embed some images again to compare');
  addStoreFlags(command).addHelpText('after', EXAMPLES).action(importVectors);
}

async function importVectors(path: string, flags: VectorFlags): Promise<void> {
  const name = flags.in ?? nameOfFile(path);
  const vectors = await openVectors(path);
  try {
    const readRows = await openRows({
      file: flags.keys,
      keyColumn: flags.key,
      sourceColumn: flags.source,
      folder: flags.folder,
      hasHeader: flags.header,
    });
    await withLocalStore(flags, async (store) => {
      const found = await findIfThere(store.collections, SHARED, name);
      if (found !== undefined) checkDimensions(vectors, found.space);
      const samples = await checkInput(vectors, readRows, found);
      const collection = await checked(store, name, found, vectors, samples, flags.check);
      await write(store, collection, vectors, readRows);
      const { items } = await store.collections.find(SHARED, name);
      const counts = `${counted(items, 'image')}, ${grouped(vectors.rows)} from ${path}`;
      process.stderr.write(`clipql: ${name} has ${counts}\n`);
    });
  } finally {
    await vectors.close();
  }
}

/** All rows are sound, and there are as many keys as vectors. @returns what is compared. */
async function checkInput(
  vectors: VectorFile,
  readRows: ReadRows,
  found: Collection | undefined,
): Promise<readonly Sample[]> {
  const numbers = sampledRows(vectors.rows);
  const rows = await checkRows(
    readRows(found?.fields ?? new Map()),
    vectors.rows,
    new Set(numbers),
  );
  for (let start = 0; start < vectors.rows; start += BATCH) {
    await vectors.read(start, Math.min(BATCH, vectors.rows - start));
  }
  return Promise.all(
    numbers.map(async (number) => ({
      row: rows.get(number)!,
      vector: (await vectors.read(number, 1))[0]!,
    })),
  );
}

const BATCH = 1_000;

/** The collection, or a new one, whose model makes these vectors. */
async function checked(
  store: LocalStore,
  name: string,
  found: Collection | undefined,
  vectors: VectorFile,
  samples: readonly Sample[],
  isChecked: boolean,
): Promise<Collection> {
  if (found !== undefined && !isChecked) {
    warn(NOT_CHECKED);
    return found;
  }
  const { models, collections } = store;
  const lease = found ? await leaseSpace(models, found.space) : await models.lease();
  try {
    const space = found?.space ?? (await spaceOf(lease.model, models.list()[0]!.name));
    checkDimensions(vectors, space);
    if (isChecked) await compare(store, lease, space, samples, vectors.rows);
    else warn(NOT_CHECKED);
    return found ?? (await collections.create(SHARED, name, space));
  } finally {
    lease.release();
  }
}

const NOT_CHECKED = 'nothing was checked: the vectors may be of another model';

function checkDimensions(
  { dimensions }: VectorFile,
  { model, dimensions: own }: VectorSpace,
): void {
  if (dimensions === own) return;
  throw new ApiError(
    'COLLECTION_MODEL_MISMATCH',
    `expected vectors of ${grouped(own)} values, as ${model} makes, got ${grouped(dimensions)}`,
  );
}

async function compare(
  { settings, readImage }: LocalStore,
  { model }: ModelLease,
  space: VectorSpace,
  samples: readonly Sample[],
  rows: number,
): Promise<void> {
  if (samples.every(({ row }) => row.address === undefined)) {
    warn(`${NOT_CHECKED} (--folder or --source says where the images are)`);
    return;
  }
  const limits = { ...settings, maxImages: Number.POSITIVE_INFINITY };
  const { signal } = new AbortController();
  const loaders = createLoaders(model, readImage, limits, signal);
  const { images, cosine, failure } = await checkVectors(loaders, space.model, samples);
  if (images === 0) {
    warn(`${NOT_CHECKED} (no image could be read: ${failure})`);
    return;
  }
  const checked = `${grouped(images)} of ${counted(rows, 'vector')} ${images === 1 ? 'is' : 'are'} what ${space.model} makes`;
  process.stderr.write(`clipql: ${checked}: cosine at least ${cosine.toFixed(4)}\n`);
}

async function write(
  { collections }: LocalStore,
  collection: Collection,
  vectors: VectorFile,
  readRows: ReadRows,
): Promise<void> {
  const progress = createProgress({ unit: 'images', total: vectors.rows });
  try {
    let start = 0;
    for await (const rows of readRows(collection.fields)) {
      const embeddings = await vectors.read(start, rows.length);
      const known = await collections.items(
        collection,
        rows.map(({ key }) => key),
      );
      const items = rows.map((row, i) => itemOf(row, embeddings[i]!, known[i]?.metadata));
      await collections.upsert(collection, items);
      start += rows.length;
      progress.update(start);
    }
  } finally {
    progress.end();
  }
}

/** @param known is kept where the row has none. */
const itemOf = (
  { key, source, metadata }: VectorRow,
  embedding: Float32Array,
  known: NewItem['metadata'] = {},
): NewItem => ({
  ...{ key, source, embedding },
  ...{ contentHash: undefined, facts: undefined, modified: undefined, thumbnail: undefined },
  metadata: Object.keys(metadata).length === 0 ? known : metadata,
});
