import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { IMAGE_FORMATS } from '@clipql/core';
import { BenchError } from '../kit/errors.ts';
import { readBytes } from '../kit/input-file.ts';
import type { LabelledImage, LabelledSet } from './labelled-set.ts';

const IMAGE_FILES: ReadonlySet<string> = new Set(IMAGE_FORMATS.flatMap(({ endings }) => endings));

/**
 * A folder with a folder of images for each class; its name, with spaces for underscores, is the
 * label.
 *
 * @throws BenchError FILE_NOT_FOUND for a missing folder, CASE_INVALID for one without images.
 */
export async function readClassFolders(folder: string): Promise<LabelledSet> {
  const classes = (await list(folder)).filter((entry) => entry.isDirectory());
  const images: LabelledImage[] = [];
  for (const [label, { name }] of classes.entries()) {
    for (const file of await list(join(folder, name))) {
      if (!IMAGE_FILES.has(extname(file.name).toLowerCase())) continue;
      const path = join(folder, name, file.name);
      images.push({ label, read: () => readBytes(path) });
    }
  }
  if (images.length === 0) {
    throw new BenchError('CASE_INVALID', `${folder}: expected folders of images or shards`);
  }
  return {
    name: basename(resolve(folder)),
    names: classes.map(({ name }) => name.replaceAll('_', ' ')),
    images,
  };
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new BenchError('FILE_NOT_FOUND', `${folder}: cannot be read`, { cause });
  }
}
