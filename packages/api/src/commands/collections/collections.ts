import { extname } from 'node:path';
import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { findIfThere } from '../../collections/find-if-there.ts';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { oneLine, shorten } from '../../errors/one-line.ts';
import type { Flags } from '../../settings/settings.ts';
import { addList } from '../list-command.ts';
import { textTable } from '../text-table.ts';
import { addBackup } from './backup.ts';
import { chooseCollection, nameOfFile } from './choose-collection.ts';
import { folderJobs, foldersOf } from './collection-jobs.ts';
import { addCopy } from './copy.ts';
import { addDataFlag } from './flags.ts';
import { withLocalStore } from './local-store.ts';

interface CollectionFlags extends Flags {
  readonly json?: true;
  readonly in?: string;
  readonly keys?: string;
}

const EXAMPLES = `
Examples:
  $ clipql collections
  $ clipql collections export photos photos.parquet
  $ clipql collections export photos photos.npy --keys photos.csv
  $ clipql collections import photos.parquet --in copy
  $ clipql collections backup /mnt/backup/clipql.db

Parquet has all of a collection, with thumbnails, and can be imported. NumPy's format has its embeddings,
float32 [images, values], and the CSV file the key of each row. A backup is all of the data folder's
database, taken while others may use it. Label sets and pictures are files beside it.`;

/** `clipql collections` */
export function addCollections(program: Command): void {
  const collections = program
    .command('collections')
    .description('List, delete, export, import, copy or back up what is indexed.')
    .addHelpText('after', EXAMPLES);
  const list = addList(collections, 'List collections.');
  list.option('--json', 'write an array of objects');
  addDataFlag(list).action(listCollections);
  const remove = collections.command('delete').description('Delete collections, not the images.');
  addDataFlag(remove.argument('<name...>')).action(deleteCollections);
  const exporting = collections
    .command('export')
    .description('Write a collection as .parquet or .npy.')
    .argument('<name>')
    .argument('<file>', 'output file: .parquet or .npy')
    .option('--keys <file>', 'with .npy: CSV file of the keys (default: FILE with .csv)');
  addDataFlag(exporting).action(exportCollection);
  const importing = collections
    .command('import')
    .description('Read a collection from .parquet.')
    .argument('<file>', 'what export wrote')
    .option('--in <name>', 'collection that it goes into; default: the file’s name');
  addDataFlag(importing).action(importCollection);
  addBackup(collections);
  addCopy(collections);
}

const listCollections = (flags: CollectionFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const listed = [];
    for (const collection of await store.collections.list(SHARED)) {
      const folders = foldersOf(await folderJobs(store.jobs, collection));
      listed.push({ collection, folders });
    }
    const json = listed.map(({ collection, folders }) => collectionJson(collection, folders));
    const rows = listed.map(({ collection, folders }) => cells(collection, folders));
    process.stdout.write(
      flags.json ? `${JSON.stringify(json, null, 2)}\n` : textTable([HEADINGS, ...rows]),
    );
  });

const HEADINGS = ['name', 'images', 'model', 'fields', 'folders'];

const cells = ({ name, items, space, fields }: Collection, folders: readonly string[]) => [
  oneLine(shorten(name, 60)),
  grouped(items),
  oneLine(shorten(space.model, 60)),
  oneLine(shorten([...fields.keys()].join(', '), 60)),
  oneLine(shorten(folders.join(', '), 120)),
];

const collectionJson = (
  { name, items, space, fields, createdAt }: Collection,
  folders: readonly string[],
) => ({
  ...{ name, images: items, model: space.model, dimensions: space.dimensions },
  ...{ fields: Object.fromEntries(fields), folders, createdAt },
});

const deleteCollections = (names: readonly string[], flags: CollectionFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    // All or none: a name may be mistyped.
    for (const name of names) await chooseCollection(store, name);
    for (const name of names) {
      await store.collections.drop(SHARED, name);
      process.stderr.write(`clipql: ${name} is deleted\n`);
    }
  });

const exportCollection = (name: string, file: string, flags: CollectionFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const format = extname(file);
    if (format !== '.parquet' && format !== '.npy') {
      const got = JSON.stringify(file);
      throw new ApiError('BAD_OPTION', `expected a file that ends in .parquet or .npy, got ${got}`);
    }
    if (flags.keys !== undefined && format !== '.npy') {
      throw new ApiError('BAD_OPTION', `expected --keys with .npy alone, got it with ${format}`);
    }
    const { collections } = store;
    const collection = await chooseCollection(store, name);
    if (format === '.npy') {
      const { exportNpy } = await import('../../collection-files/export-npy.ts');
      const keys = flags.keys ?? `${file.slice(0, -format.length)}.csv`;
      await exportNpy(collections, collection, { npy: file, keys });
      process.stderr.write(
        `clipql: ${file} and ${keys} have ${counted(collection.items, 'image')}\n`,
      );
    } else {
      const { exportParquet } = await import('../../collection-files/export-parquet.ts');
      await exportParquet(collections, collection, file);
      process.stderr.write(`clipql: ${file} has ${counted(collection.items, 'image')}\n`);
    }
  });

const importCollection = (file: string, flags: CollectionFlags): Promise<void> =>
  withLocalStore(flags, async ({ collections }) => {
    const { openCollectionFile } = await import('../../collection-files/import-parquet.ts');
    const opened = await openCollectionFile(file);
    const name = flags.in ?? nameOfFile(file);
    const found = await findIfThere(collections, SHARED, name);
    const collection = found ?? (await collections.create(SHARED, name, opened.space));
    await opened.importInto(collections, collection);
    const { items } = await collections.find(SHARED, name);
    process.stderr.write(
      `clipql: ${name} has ${counted(items, 'image')}, ${grouped(opened.items)} from ${file}\n`,
    );
  });
