import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { IMAGE_ENDINGS, passedOverWarning } from '../../images/image-folder.ts';
import type { Flags } from '../../settings/settings.ts';
import { errorLine, failed, warn } from '../report.ts';
import { collectionFor, nameOf } from './choose-collection.ts';
import { addStoreFlags } from './flags.ts';
import { withLocalStore } from './local-store.ts';
import { type FolderUpdate, type Unindexed, updateFolder } from './update-folder.ts';

interface IndexFlags extends Flags {
  readonly in?: string;
  readonly thumbnails?: true;
  readonly retry?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  $ clipql index photos
  $ clipql search --in photos "sheep on a hill"
  $ clipql index ~/Pictures /mnt/camera --in mine --thumbnails

A folder's images are the files in it and its subfolders that end in
${[...IMAGE_ENDINGS].join(' ')}.
They are known by their paths. The same command, run again, embeds only what is new or changed, by size and
time of change, and removes what is gone. If it is stopped, the same command goes on.`;

/** `clipql index FOLDER…` */
export function addIndex(program: Command): void {
  const command = program
    .command('index')
    .description('Make the images in folders searchable, or bring them up to date.')
    .argument('<folder...>', 'folders of images')
    .option('--in <name>', 'collection that they go into; default: one like the folder’s name')
    .option(
      '--thumbnails',
      'keep a small picture of each image, also of those that are indexed already',
    )
    .option('--retry', 'also try again what failed before and has not changed')
    .option('--quiet', 'print errors only');
  addStoreFlags(command).addHelpText('after', EXAMPLES).action(index);
}

async function index(given: readonly string[], flags: IndexFlags): Promise<void> {
  const folders = [...new Set(given.map((folder) => resolve(folder)))];
  const name = flags.in ?? nameOf(folders);
  await withLocalStore(flags, async (store) => {
    const collection = await collectionFor(store, name, folders, flags.in === undefined);
    if (collection === undefined) return;
    const { thumbnails = false, retry = false, quiet = false } = flags;
    const updates: FolderUpdate[] = [];
    for (const folder of folders) {
      const update = await updateFolder(store, collection, folder, { thumbnails, retry, quiet });
      if (update.passedOver !== '' && !quiet) warn(passedOverWarning(folder, update.passedOver));
      reportUpdate(update);
      updates.push(update);
    }
    const { items } = await store.collections.find(SHARED, name);
    if (!quiet) process.stderr.write(`clipql: ${name} ${summary(items, updates)}\n`);
  });
}

/** What went wrong, a line each. */
function reportUpdate({ failures, stopped }: FolderUpdate): void {
  failures.forEach(reportFailure);
  if (stopped?.error !== undefined) process.stderr.write(`${errorLine(stopped.error)}\n`);
  if (stopped !== undefined) {
    const { id, state } = stopped;
    process.stderr.write(`clipql: job ${id} is ${state}; the same command goes on\n`);
    failed();
  }
}

function reportFailure({ path, error }: Unindexed): void {
  process.stderr.write(`${errorLine(error, path)}\n`);
  failed();
}

function summary(items: number, updates: readonly FolderUpdate[]): string {
  const sum = (count: (update: FolderUpdate) => number) =>
    updates.reduce((total, update) => total + count(update), 0);
  const counts = [
    [sum(({ indexed }) => indexed), 'indexed now'],
    [sum(({ removed }) => removed), 'removed'],
    [sum(({ failures }) => failures.length), 'failed'],
  ] as const;
  const parts = counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${grouped(count)} ${what}`);
  return `has ${counted(items, 'image')}: ${parts.join(', ') || 'all up to date'}`;
}
