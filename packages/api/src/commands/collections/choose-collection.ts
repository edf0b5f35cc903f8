import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { findIfThere } from '../../collections/find-if-there.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted, shorten } from '../../errors/one-line.ts';
import { imagesInFolder } from '../../images/image-folder.ts';
import { spaceOf } from '../../jobs/lease-space.ts';
import { nameLike } from '../../limits/names.ts';
import { reportError } from '../report.ts';
import { folderJobs, foldersOf } from './collection-jobs.ts';
import { isWithin } from './folder-changes.ts';
import type { LocalStore } from './local-store.ts';

/**
 * The collection that a command is about.
 *
 * @param name may be left out if there is only one collection.
 * @param orFolder whether the name could also have been that of a folder, for the error's message.
 * @throws ApiError BAD_OPTION, UNKNOWN_COLLECTION.
 */
export async function chooseCollection(
  { collections }: Pick<LocalStore, 'collections'>,
  name: string | undefined,
  orFolder = false,
): Promise<Collection> {
  const all = await collections.list(SHARED);
  const [only] = all;
  const found = name === undefined ? only : all.find((one) => one.name === name);
  const names = all.map((one) => shorten(one.name, 40)).join(', ');
  if (name === undefined && all.length > 1) {
    throw new ApiError('BAD_OPTION', `expected --in, one of ${names}, got none`);
  }
  if (found !== undefined) return found;
  const known =
    all.length === 0 ? 'there is none yet: clipql index FOLDER makes one' : `known: ${names}`;
  const noFolder = orFolder ? ', and there is no such folder' : '';
  const got = name === undefined ? 'none' : `${quoted(name, 100)}${noFolder}`;
  const expected = `expected a collection’s name (${known})`;
  throw new ApiError(
    name === undefined ? 'BAD_OPTION' : 'UNKNOWN_COLLECTION',
    `${expected}, got ${got}`,
  );
}

/** The folder that is meant where no collection has this name; undefined for none. */
export async function folderNamed(
  { collections }: Pick<LocalStore, 'collections'>,
  name: string,
): Promise<string | undefined> {
  if ((await findIfThere(collections, SHARED, name)) !== undefined) return undefined;
  const stats = await stat(name).catch(() => undefined);
  return stats?.isDirectory() ? resolve(name) : undefined;
}

/**
 * What the collection of folders is called unless told: `My Photos 2024` is `my-photos-2024`.
 *
 * @throws ApiError BAD_OPTION if no name can be made of them.
 */
export function nameOf(folders: readonly string[]): string {
  const [folder = ''] = folders;
  const name = folders.length === 1 ? nameLike(basename(folder)) : undefined;
  if (name !== undefined) return name;
  const got = folders.length === 1 ? folder : `${folders.length} folders`;
  throw new ApiError(
    'BAD_OPTION',
    `expected --in NAME, or one folder with letters from a to z or digits in its name, got ${got}`,
  );
}

/** What the collection from a file is called unless told. @throws ApiError BAD_OPTION where there is no saying. */
export function nameOfFile(file: string): string {
  const name = nameLike(basename(file, extname(file)));
  if (name !== undefined) return name;
  throw new ApiError('BAD_OPTION', `expected --in NAME, or a file with a name, got ${file}`);
}

/**
 * The collection of that name, or a new one.
 *
 * @param isImplied whether the name is the folder's.
 * @returns undefined where there is nothing to make one of, which is reported.
 * @throws ApiError BAD_OPTION where another folder of the same name has it.
 */
export async function collectionFor(
  store: LocalStore,
  name: string,
  folders: readonly string[],
  isImplied: boolean,
): Promise<Collection | undefined> {
  const found = await findIfThere(store.collections, SHARED, name);
  if (found !== undefined) {
    if (isImplied) await checkFolder(store, found, folders[0]!);
    return found;
  }
  const listings = await Promise.all(folders.map(imagesInFolder));
  if (listings.every(({ files }) => files.length === 0)) {
    for (const [i, { failures }] of listings.entries()) {
      for (const { error } of failures) reportError(error, folders[i]);
    }
    return undefined;
  }
  return newCollection(store, name);
}

/** An empty collection, whose vectors the command's model makes. @throws what loading it throws. */
export async function newCollection(
  { models, collections }: Pick<LocalStore, 'models' | 'collections'>,
  name: string,
): Promise<Collection> {
  const { model, release } = await models.lease();
  try {
    const space = await spaceOf(model, models.list()[0]!.name);
    return await collections.create(SHARED, name, space);
  } finally {
    release();
  }
}

/** @throws ApiError BAD_OPTION where the collection is of other folders. */
export async function checkFolder(
  store: LocalStore,
  found: Collection,
  folder: string,
): Promise<void> {
  const others = foldersOf(await folderJobs(store.jobs, found));
  if (others.some((other) => isWithin(folder, other) || isWithin(other, folder))) return;
  const of = others.length === 0 ? 'of no folder' : `of ${others.join(', ')}`;
  throw new ApiError(
    'BAD_OPTION',
    `expected --in NAME, as the collection ${found.name} is ${of}, got ${folder} alone`,
  );
}
