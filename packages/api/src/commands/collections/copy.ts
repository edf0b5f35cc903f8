import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { copyClassifiers } from '../../classifiers/copy-classifiers.ts';
import type { ClassifierStore } from '../../classifiers/store.ts';
import { copyCollections } from '../../collections/copy-collections.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { closeAll } from '../../jobs/close-all.ts';
import {
  copyLabelSets,
  findDifferentLabelSets,
  findLabelSets,
} from '../../label-sets/copy-label-sets.ts';
import type { LabelSet } from '../../label-sets/label-set.ts';
import type { LabelSetStores } from '../../label-sets/label-set-store.ts';
import { isPostgresUrl } from '../../postgres/server-address.ts';
import { createProgress, type Progress } from '../progress.ts';
import { checkPlaces } from './copy-places.ts';

interface CopyFlags {
  readonly from: string;
  readonly to: string;
}

const EXAMPLES = `
Examples:
  $ clipql collections copy --from ~/.local/share/clipql --to postgres://clipql@db.internal/clipql
  $ clipql collections copy photos --from postgres://clipql@db.internal/clipql --to copy

Run it again to go on after a break, or to bring over what has changed: what is there already stays as it is.`;

/** `clipql collections copy` */
export function addCopy(collections: Command): void {
  collections
    .command('copy')
    .description('Copy collections, classifiers and label sets from one store to another.')
    .argument('[name...]', 'collections to copy; default: all, with all classifiers and label sets')
    .requiredOption('--from <place>', 'data folder, or PostgreSQL database')
    .requiredOption('--to <place>', 'data folder, or PostgreSQL database')
    .addHelpText('after', EXAMPLES)
    .action(copy);
}

async function copy(names: readonly string[], { from, to }: CopyFlags): Promise<void> {
  checkPlaces(from, to);
  const source = await openAt(from);
  try {
    const target = await openAt(to);
    try {
      await copyAll(source.collections, target.collections, names);
      if (names.length > 0) return;
      await copyAllClassifiers(source.classifiers, target.classifiers);
      await copyAllLabelSets(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyAllClassifiers(from: ClassifierStore, to: ClassifierStore): Promise<void> {
  for await (const { classifier, isWritten } of copyClassifiers(from, to)) {
    const state = isWritten ? 'is copied' : 'was there';
    process.stderr.write(`clipql: classifier ${classifier.name} ${state}\n`);
  }
}

async function copyAllLabelSets(from: CopyPlace, to: CopyPlace): Promise<void> {
  const found = await findLabelSets(from.labelSets);
  const different = await findDifferentLabelSets(found, to.labelSets);
  // Where there are none, it does not matter that a server uses the folder.
  const target = different.length === 0 ? to.labelSets : await openToWrite(to, different);
  try {
    for await (const { set, isWritten } of copyLabelSets(found, target)) {
      const state = isWritten ? 'is copied' : 'was there';
      process.stderr.write(`clipql: label set ${set.name} ${state}\n`);
    }
  } finally {
    await target.close();
  }
}

/** @throws ApiError DATA_BUSY, which names the label sets. */
async function openToWrite(to: CopyPlace, sets: readonly LabelSet[]): Promise<LabelSetStores> {
  try {
    return await to.writeLabelSets();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'DATA_BUSY')) throw error;
    const names = sets.map(({ name }) => name).join(', ');
    const [what, were] = sets.length === 1 ? ['label set', 'was'] : ['label sets', 'were'];
    const message = `${what} ${names} ${were} not copied: ${error.message}`;
    throw new ApiError('DATA_BUSY', message, { cause: error });
  }
}

async function copyAll(
  from: CollectionStore,
  to: CollectionStore,
  names: readonly string[],
): Promise<void> {
  let progress: Progress | undefined;
  let last: { readonly id: number; readonly text: string } | undefined;
  const endLast = () => {
    progress?.end();
    if (last !== undefined) process.stderr.write(`clipql: ${last.text}\n`);
  };
  for await (const { collection, done, written } of copyCollections(from, to, names)) {
    const { id, name, items } = collection;
    if (last?.id !== id) {
      endLast();
      progress = createProgress({ unit: 'images', total: items });
    }
    progress?.update(done);
    last = {
      id,
      text: `${name} has ${counted(done, 'image')} copied, ${grouped(written)} of them now`,
    };
  }
  endLast();
}

interface CopyPlace {
  readonly collections: CollectionStore;
  readonly classifiers: ClassifierStore;
  /** To read. */
  readonly labelSets: LabelSetStores;
  /** @throws ApiError DATA_BUSY for the folder of a server that runs, which reads them only at its start. */
  writeLabelSets(): Promise<LabelSetStores>;
  close(): Promise<void>;
}

/** @throws what opening the database throws. */
async function openAt(place: string): Promise<CopyPlace> {
  return isPostgresUrl(place) ? openPostgresAt(place) : openFolderAt(place);
}

async function openPostgresAt(url: string): Promise<CopyPlace> {
  const [
    { openPostgres },
    { openPostgresCollections },
    { openPostgresClassifiers },
    { openPostgresLabelSets },
  ] = await Promise.all([
    import('../../postgres/postgres.ts'),
    import('../../collections/postgres/postgres-collections.ts'),
    import('../../classifiers/postgres/postgres-classifiers.ts'),
    import('../../label-sets/postgres/postgres-label-sets.ts'),
  ]);
  const database = await openPostgres(url);
  const collections = openPostgresCollections(database);
  const labelSets = openPostgresLabelSets(database, warn);
  return {
    ...{ collections, classifiers: openPostgresClassifiers(database) },
    ...{ labelSets, writeLabelSets: async () => labelSets },
    close: () => closeAll([collections.close, database.close]),
  };
}

async function openFolderAt(folder: string): Promise<CopyPlace> {
  const [
    { openDatabase },
    { openSqliteCollections },
    { openSqliteClassifiers },
    { openLabelSetFolders, readLabelSetFolders },
  ] = await Promise.all([
    import('../../sqlite/database.ts'),
    import('../../collections/sqlite/sqlite-collections.ts'),
    import('../../classifiers/sqlite/sqlite-classifiers.ts'),
    import('../../label-sets/label-set-folder.ts'),
  ]);
  await mkdir(folder, { recursive: true });
  const database = await openDatabase(folder);
  const collections = openSqliteCollections(database);
  return {
    ...{ collections, classifiers: openSqliteClassifiers(database) },
    labelSets: readLabelSetFolders(folder, warn),
    writeLabelSets: () => openLabelSetFolders(folder, warn, '--to'),
    close: () => closeAll([collections.close, database.close]),
  };
}

const warn = (message: string): void => {
  process.stderr.write(`clipql: ${message}\n`);
};
