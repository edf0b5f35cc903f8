import { access, constants, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from '@clipql/core/node';
import { z } from 'zod';
import { isOwner, type Owner, SHARED } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import { oneLine } from '../errors/one-line.ts';
import { isHalfWritten, writeAtomically } from '../files/atomic-write.ts';
import { LABEL_SETS_FOLDER } from '../files/data-folders.ts';
import { lockDataFolder } from '../files/data-lock.ts';
import { ifThere } from '../files/if-there.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { LabelSet } from './label-set.ts';
import type { KeptSet, LabelSetStore, LabelSetStores, Warn } from './label-set-store.ts';
import { decodePromptFile, encodePromptFile } from './prompt-embeddings.ts';

const SET_FILE = /^([^.]+)\.json$/;
const PROMPT_FILE = /^([^.]+)\.([0-9a-f]{64})\.embeddings$/;

const setSchema = z.object({
  name: z.string(),
  labels: z.array(z.string()).min(1),
  templates: z.array(z.string()).min(1),
  createdAt: z.iso.datetime(),
});

/**
 * Opens `label-sets` in a data folder. A set is `NAME.json`; its embeddings by one model are
 * `NAME.HASH.embeddings`. An owner's sets are in a folder of its own in there. Removes files that a killed server left
 * half written, and embeddings that belong to no set.
 *
 * @param option of the command, that names the data folder.
 * @throws ApiError BAD_OPTION for a folder that cannot be made or written, DATA_BUSY where another
 *   server uses it.
 */
export async function openLabelSetFolders(
  dataFolder: string,
  warn: Warn,
  option = '--data',
): Promise<LabelSetStores> {
  const folder = folderIn(dataFolder);
  let lock: Lock;
  try {
    await makeFolder(dataFolder);
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    lock = await lockDataFolder(dataFolder, { option });
    for (const owner of await ownersIn(folder)) await sweep(pathOf(folder, owner));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const reason = `expected ${option} as a folder that can be written, or made in one that is there, got ${dataFolder} (${codeOf(error)})`;
    throw new ApiError('BAD_OPTION', reason, { cause: error });
  }
  return { ...storesIn(folder, warn), close: async () => lock.release() };
}

/** Opens them without the lock, to read: a server may be using the data folder, and it alone writes there. */
export const readLabelSetFolders = (dataFolder: string, warn: Warn): LabelSetStores => ({
  ...storesIn(folderIn(dataFolder), warn),
  close: async () => {},
});

const folderIn = (dataFolder: string): string => join(dataFolder, LABEL_SETS_FOLDER);

const pathOf = (folder: string, owner: Owner): string =>
  owner === SHARED ? folder : join(folder, owner);

const ownersIn = async (folder: string): Promise<readonly Owner[]> => [
  SHARED,
  ...(await filesIn(folder)).filter(isOwner).sort(),
];

const storesIn = (folder: string, warn: Warn): Omit<LabelSetStores, 'close'> => ({
  of: (owner) => labelSetFolder(pathOf(folder, owner), warn),
  owners: () => ownersIn(folder),
  isShared: false,
});

function labelSetFolder(folder: string, warn: Warn): LabelSetStore {
  const setFile = (name: string) => join(folder, `${name}.json`);
  const promptFile = (name: string, hash: string) => join(folder, `${name}.${hash}.embeddings`);
  // A lock keeps other servers out, so nothing changes after that.
  let isRead = false;

  return {
    readChanged: async () => {
      if (isRead) return undefined;
      isRead = true;
      const sets: KeptSet[] = [];
      const files = (await filesIn(folder)).sort();
      const encoded = new Set(files.map((file) => PROMPT_FILE.exec(file)?.[1]));
      for (const file of files) {
        const name = SET_FILE.exec(file)?.[1];
        if (name === undefined) continue;
        const set = await readSet(join(folder, file), name);
        if (set !== undefined) sets.push({ set, isEncoded: encoded.has(name) });
        else warn(`${join(folder, file)} is no label set: it is left as it is, and not served`);
      }
      return sets;
    },
    write: async (set) => {
      await makeFolder(folder);
      await writeAtomically(setFile(set.name), `${JSON.stringify(set, null, 2)}\n`);
    },
    delete: async (name) => {
      await rm(setFile(name), { force: true });
      for (const file of await readdir(folder)) {
        if (file.startsWith(`${name}.`)) await rm(join(folder, file), { force: true });
      }
    },
    readPrompts: async (name, modelHash) => {
      const path = promptFile(name, modelHash);
      try {
        const prompts = decodePromptFile(await readFile(path), modelHash);
        if (prompts !== undefined) return prompts;
        warn(`${path} is damaged: its embeddings are computed again`);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') warn(`${path} cannot be read (${codeOf(error)})`);
      }
      return new Map();
    },
    writePrompts: (name, modelHash, prompts) =>
      writeAtomically(promptFile(name, modelHash), encodePromptFile(modelHash, prompts)),
    encodedBy: async (name) =>
      (await filesIn(folder)).flatMap((file) => {
        const [, set, model] = PROMPT_FILE.exec(file) ?? [];
        return set === name ? [model!] : [];
      }),
  };
}

/** Removes what a killed server left; files that ClipQL did not make stay. */
async function sweep(folder: string): Promise<void> {
  const files = new Set(await readdir(folder));
  const isLeftOver = (file: string): boolean => {
    if (isHalfWritten(file)) return true;
    const [, name] = PROMPT_FILE.exec(file) ?? [];
    return name !== undefined && !files.has(`${name}.json`);
  };
  for (const file of files) if (isLeftOver(file)) await rm(join(folder, file), { force: true });
}

async function readSet(path: string, name: string): Promise<LabelSet | undefined> {
  try {
    const { data } = setSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return data?.name === name ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Names of the files in a folder; none if there is no folder yet. */
const filesIn = async (folder: string): Promise<string[]> => (await ifThere(readdir(folder))) ?? [];

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : oneLine(String(error));
