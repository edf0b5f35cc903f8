import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { passedOverWarning } from '../../images/image-folder.ts';
import { errorLine, failed, warn } from '../report.ts';
import {
  checkFolder,
  chooseCollection,
  collectionFor,
  folderNamed,
  nameOf,
} from './choose-collection.ts';
import { folderJobs, foldersOf } from './collection-jobs.ts';
import { addStoreFlags } from './flags.ts';
import type { LocalStore } from './local-store.ts';
import { type FolderUpdate, updateFolder } from './update-folder.ts';

/** Which collection to read, and whether as it is. */
export interface UpToDateFlags {
  readonly in?: string;
  /** False with `--no-index`. */
  readonly index: boolean;
  readonly quiet?: boolean;
}

export const addUpToDateFlags = (command: Command): Command =>
  addStoreFlags(
    command
      .option('--in <name>', 'collection, or folder to index first; default: the only collection')
      .option('--no-index', 'do not index first what is new or changed')
      .option('--quiet', 'print results and errors only'),
  );

/**
 * The collection that a command reads, brought up to date with the folders that it is of unless that is not
 * wanted. What fails is reported, and the rest can be read.
 *
 * @returns undefined where there is nothing to read, which is reported.
 * @throws ApiError BAD_OPTION, UNKNOWN_COLLECTION; what loading a model and the store throw.
 */
export async function upToDate(
  store: LocalStore,
  { in: name, index, quiet = false }: UpToDateFlags,
): Promise<Collection | undefined> {
  const folder = name === undefined ? undefined : await folderNamed(store, name);
  if (folder !== undefined) return collectionOf(store, folder, index, quiet);
  const collection = await chooseCollection(store, name, true);
  if (!index) return collection;
  return updateNow(store, collection, foldersOf(await folderJobs(store.jobs, collection)), quiet);
}

async function collectionOf(
  store: LocalStore,
  folder: string,
  index: boolean,
  quiet: boolean,
): Promise<Collection | undefined> {
  const name = nameOf([folder]);
  if (!index) {
    const collection = await chooseCollection(store, name);
    await checkFolder(store, collection, folder);
    return collection;
  }
  const collection = await collectionFor(store, name, [folder], true);
  return collection && updateNow(store, collection, [folder], quiet);
}

async function updateNow(
  store: LocalStore,
  collection: Collection,
  folders: readonly string[],
  quiet: boolean,
): Promise<Collection> {
  const jobs = await folderJobs(store.jobs, collection);
  for (const folder of folders) {
    const last = jobs.findLast(({ work }) => work.folder === folder);
    const options = { thumbnails: last?.work.thumbnails ?? false, retry: false, quiet };
    report(collection, folder, await updateFolder(store, collection, folder, options), quiet);
  }
  return store.collections.find(SHARED, collection.name);
}

function report(
  { name }: Collection,
  folder: string,
  { indexed, failures, passedOver, stopped }: FolderUpdate,
  quiet: boolean,
): void {
  const old = failures.filter(({ isOld }) => isOld).length;
  for (const { path, error, isOld } of failures) {
    if (!isOld) process.stderr.write(`${errorLine(error, path)}\n`);
  }
  if (failures.length > old || stopped !== undefined) failed();
  if (stopped !== undefined) warn(`not all of ${folder} is indexed`);
  if (quiet) return;
  if (passedOver !== '') warn(passedOverWarning(folder, passedOver));
  if (old > 0) {
    const leftOut = counted(
      old,
      'image that failed before is left out',
      'images that failed before are left out',
    );
    warn(`${folder}: ${leftOut} (clipql index says why)`);
  }
  if (indexed > 0) process.stderr.write(`clipql: ${name}: ${grouped(indexed)} indexed now\n`);
}
