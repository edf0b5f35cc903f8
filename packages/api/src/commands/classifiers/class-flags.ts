import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ApiError } from '../../errors/api-error.ts';
import { readClassFolders } from '../evaluate/class-folders.ts';
import { collect } from '../flags.ts';
import { reportedImages } from '../reported-images.ts';

export interface ClassFlags {
  /** `LABEL=IMAGE` or `LABEL=FOLDER`. */
  readonly class?: readonly string[];
}

/** Paths of pictures by the label of their class, in the order in which the labels came. */
export type ClassFiles = ReadonlyMap<string, readonly string[]>;

/** How pictures are given: a folder of folders, and `--class`. */
export const addClassFlags = (command: Command): Command =>
  command
    .argument('[folder]', 'folder with a folder of pictures for each class')
    .option('--class <label=path>', 'image, or folder of images, of a class (repeatable)', collect);

/**
 * The pictures that are named. What cannot be read is reported.
 *
 * @throws ApiError BAD_OPTION for what is no `LABEL=PATH`; NO_IMAGES for a folder without folders of images.
 */
export async function classFiles(
  folder: string | undefined,
  { class: given = [] }: ClassFlags,
): Promise<ClassFiles> {
  const files = new Map<string, string[]>();
  const add = (label: string, paths: readonly string[]) =>
    files.set(label, [...(files.get(label) ?? []), ...paths]);
  if (folder !== undefined) {
    const { values, files: found } = await readClassFolders(folder);
    const ofLabel = Map.groupBy(found, ({ value }) => value);
    for (const label of values) {
      add(
        label,
        (ofLabel.get(label) ?? []).map(({ source }) => source),
      );
    }
  }
  for (const entry of given) {
    const [label, path] = parsePair('--class', 'LABEL=PATH', entry);
    const stats = await stat(path).catch(() => undefined);
    const paths = stats?.isDirectory() ? await reportedImages(path) : undefined;
    add(label, paths?.map((file) => join(path, file)) ?? [path]);
  }
  return files;
}

/** @throws ApiError BAD_OPTION for what has no two sides. */
export function parsePair(flag: string, form: string, entry: string): readonly [string, string] {
  const [, left, right] = /^([^=]+)=(.+)$/s.exec(entry) ?? [];
  if (left !== undefined && right !== undefined) return [left, right];
  throw new ApiError('BAD_OPTION', `expected ${flag} as ${form}, got ${JSON.stringify(entry)}`);
}

export const nothingGiven = (): ApiError =>
  new ApiError('BAD_OPTION', 'expected a folder or --class, got neither');
