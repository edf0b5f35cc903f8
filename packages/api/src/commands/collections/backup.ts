import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { LABEL_SETS_FOLDER, LOCK_FILE, PICTURES_FOLDER } from '../../files/data-folders.ts';
import { ifThere } from '../../files/if-there.ts';
import type { Flags } from '../../settings/settings.ts';
import { addDataFlag } from './flags.ts';
import { withLocalStore } from './local-store.ts';

/** What is kept beside the database, and in which folders. */
const FILES = [
  { what: 'label sets', folder: LABEL_SETS_FOLDER },
  { what: 'pictures', folder: PICTURES_FOLDER },
];

/** `clipql collections backup` */
export function addBackup(collections: Command): void {
  const backup = collections
    .command('backup')
    .description('Copy all collections, classifiers and jobs to one file.');
  addDataFlag(backup.argument('<file>', 'new file')).action(backUp);
}

const backUp = (file: string, flags: Flags): Promise<void> =>
  withLocalStore(flags, async ({ backup, data }) => {
    await backup(file);
    process.stderr.write(`clipql: ${file} has all collections, classifiers and jobs\n`);
    for (const { what, folder } of FILES) {
      const path = join(data, folder);
      if (await hasFiles(path)) {
        process.stderr.write(`clipql: ${what} are not in it: copy ${path} too\n`);
      }
    }
  });

/** Beside the lock of a server. */
async function hasFiles(folder: string): Promise<boolean> {
  const files = (await ifThere(readdir(folder))) ?? [];
  return files.some((file) => !file.startsWith(LOCK_FILE));
}
