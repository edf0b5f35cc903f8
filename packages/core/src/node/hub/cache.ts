import { link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { REQUIRED_FILES, WEIGHTS_FILES, weightsAmong } from '../../model-files.ts';
import type { RemoteFolder } from './remote-folder.ts';

/** A model whose files are all on the disk. */
export interface CachedModel {
  /** What to call it. */
  readonly name: string;
  /** The snapshot with its files. */
  readonly folder: string;
  /** Commit on the hub. */
  readonly snapshot: string;
  /** Which of the weights files it has. */
  readonly weights: string;
  /** Of the files that ClipQL reads, in bytes. */
  readonly bytes: number;
}

type Folder = Pick<RemoteFolder, 'name' | 'cacheFolder'>;

/** @returns a model of this revision with all files that ClipQL needs; undefined where one is missing. */
export async function findCached(
  { name, cacheFolder }: Folder,
  revision: string,
): Promise<CachedModel | undefined> {
  const snapshot = await snapshotOf({ name, cacheFolder }, revision);
  if (snapshot === undefined) return undefined;
  const folder = join(cacheFolder, 'snapshots', snapshot);
  const required = await Promise.all(
    REQUIRED_FILES.map(async (choices) => {
      const sizes = await Promise.all(
        choices.map((set) =>
          Promise.all(set.map(async (file) => [file, await sizeOf(join(folder, file))] as const)),
        ),
      );
      return sizes.find((set) => set.every(([, size]) => size !== undefined));
    }),
  );
  if (required.includes(undefined)) return undefined;
  for (const weights of WEIGHTS_FILES) {
    const size = await sizeOf(join(folder, weights));
    if (size === undefined) continue;
    // A file may stand for two.
    const files = new Map(required.flat() as readonly (readonly [string, number])[]);
    const bytes = [...files.values()].reduce((sum, one) => sum + one, size);
    return { name, folder, snapshot, weights, bytes };
  }
  return undefined;
}

/** As {@link findCached}, with these files. @param names with the name of the weights. */
export async function findPinned(
  folder: Folder,
  revision: string,
  names: readonly string[],
): Promise<CachedModel | undefined> {
  const snapshot = await snapshotOf(folder, revision);
  if (snapshot === undefined) return undefined;
  const path = join(folder.cacheFolder, 'snapshots', snapshot);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(path, name))));
  const weights = weightsAmong(names);
  if (weights === undefined || sizes.includes(undefined)) return undefined;
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return { name: folder.name, folder: path, snapshot, weights, bytes };
}

async function snapshotOf({ cacheFolder }: Folder, revision: string): Promise<string | undefined> {
  if (COMMIT.test(revision)) return revision;
  const path = join(cacheFolder, 'refs', revision);
  const snapshot = (await readFile(path, 'utf8').catch(() => '')).trim();
  return /^[A-Za-z0-9]{1,128}$/.test(snapshot) ? snapshot : undefined;
}

/** A commit of the hub. */
export const COMMIT = /^[0-9a-f]{40}$/;

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

export const blobPath = ({ cacheFolder }: Folder, blob: string): string =>
  join(cacheFolder, 'blobs', blob);

/**
 * Makes a blob a file of a snapshot: a relative link, as Python makes it, or a second name for it
 * where links are not allowed.
 */
export async function linkIntoSnapshot(
  folder: Folder,
  snapshot: string,
  file: string,
  blob: string,
): Promise<void> {
  const path = join(folder.cacheFolder, 'snapshots', snapshot, file);
  const target = blobPath(folder, blob);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.clipql`;
  await rm(draft, { force: true });
  await symlink(relative(dirname(path), target), draft).catch(() => link(target, draft));
  await rename(draft, path);
}

/** Notes which snapshot a branch or tag is at. */
export async function writeRef(
  { cacheFolder }: Folder,
  revision: string,
  snapshot: string,
): Promise<void> {
  if (COMMIT.test(revision)) return;
  const path = join(cacheFolder, 'refs', revision);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.clipql`;
  await writeFile(draft, snapshot);
  await rename(draft, path);
}
