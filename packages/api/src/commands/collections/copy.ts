import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { copyClassifiers } from '../../classifiers/copy-classifiers.ts';
import type { ClassifierStore } from '../../classifiers/store.ts';
import { copyCollections } from '../../collections/copy-collections.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { grouped } from '../../errors/grouped.ts';
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
    .description('Copy collections, and classifiers, from one store to another.')
    .argument('[name...]', 'collections to copy; default: all of all callers, and all classifiers')
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
      if (names.length === 0) await copyAllClassifiers(source.classifiers, target.classifiers);
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
      text: `${name} has ${grouped(done)} images copied, ${grouped(written)} of them now`,
    };
  }
  endLast();
}

interface CopyPlace {
  readonly collections: CollectionStore;
  readonly classifiers: ClassifierStore;
  close(): Promise<void>;
}

/** @throws what opening the database throws. */
async function openAt(place: string): Promise<CopyPlace> {
  if (isPostgresUrl(place)) {
    const [{ openPostgres }, { openPostgresCollections }, { openPostgresClassifiers }] =
      await Promise.all([
        import('../../postgres/postgres.ts'),
        import('../../collections/postgres/postgres-collections.ts'),
        import('../../classifiers/postgres/postgres-classifiers.ts'),
      ]);
    const database = await openPostgres(place);
    return opened(openPostgresCollections(database), openPostgresClassifiers(database), database);
  }
  const [{ openDatabase }, { openSqliteCollections }, { openSqliteClassifiers }] =
    await Promise.all([
      import('../../sqlite/database.ts'),
      import('../../collections/sqlite/sqlite-collections.ts'),
      import('../../classifiers/sqlite/sqlite-classifiers.ts'),
    ]);
  await mkdir(place, { recursive: true });
  const database = await openDatabase(place);
  return opened(openSqliteCollections(database), openSqliteClassifiers(database), database);
}

const opened = (
  collections: CollectionStore,
  classifiers: ClassifierStore,
  database: { close(): Promise<void> },
): CopyPlace => ({
  collections,
  classifiers,
  close: async () => {
    await collections.close();
    await database.close();
  },
});
