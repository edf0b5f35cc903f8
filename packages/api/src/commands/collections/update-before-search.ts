import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { grouped } from '../../errors/grouped.ts';
import { errorLine, warn } from '../report.ts';
import { folderJobs, foldersOf } from './collection-jobs.ts';
import type { LocalStore } from './local-store.ts';
import { type FolderUpdate, updateFolder } from './update-folder.ts';

/**
 * Brings a collection up to date with the folders that it is of. What fails is a warning: the rest can be
 * searched.
 *
 * @returns the collection as it is then.
 */
export async function updateBeforeSearch(
  store: LocalStore,
  collection: Collection,
  quiet: boolean,
): Promise<Collection> {
  const folders = foldersOf(await folderJobs(store.jobs, collection));
  return updateNow(store, collection, folders, quiet);
}

/** The same with these folders. */
export async function updateNow(
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
  { indexed, failures, stopped }: FolderUpdate,
  quiet: boolean,
): void {
  if (quiet) return;
  for (const { path, error, isOld } of failures) {
    if (!isOld) process.stderr.write(`${errorLine(error, path)}\n`);
  }
  if (indexed > 0) process.stderr.write(`clipql: ${name}: ${grouped(indexed)} indexed now\n`);
  if (stopped !== undefined) warn(`not all of ${folder} is indexed`);
}
