import { mkdir } from 'node:fs/promises';
import { openSqliteClassifiers } from '../../classifiers/sqlite/sqlite-classifiers.ts';
import { openSqliteCollections } from '../../collections/sqlite/sqlite-collections.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { closeAll } from '../close-all.ts';
import type { Engine } from '../engine.ts';
import { openJobs } from './open-jobs.ts';

/**
 * @param data a temporary folder unless given.
 * @throws ApiError STORE_DAMAGED, STORE_TOO_NEW, STORE_FULL, STORE_UNAVAILABLE.
 */
export async function openDataFolder(data: string | undefined): Promise<Engine> {
  const temporary = data === undefined ? await temporaryDataFolder() : undefined;
  const folder = data ?? temporary!.path;
  if (data !== undefined) await mkdir(data, { recursive: true });
  const isShared = data !== undefined;
  const database = await openDatabase(folder, isShared);
  const collections = openSqliteCollections(database, isShared);
  return {
    collections,
    classifiers: openSqliteClassifiers(database),
    jobs: await openJobs(database, folder, isShared),
    counts: undefined,
    server: undefined,
    createWorker: undefined,
    isThere: async () => database.isThere(),
    backup: database.backup,
    close: () => closeAll([collections.close, database.close, () => temporary?.close()]),
  };
}
