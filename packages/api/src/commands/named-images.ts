import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesInFolder, passedOverWarning } from '../images/image-folder.ts';
import { warn } from './report.ts';

/** An image that was named, or a folder and the reason why none of it are taken. */
export interface NamedImage {
  readonly image: string;
  readonly error?: unknown;
}

/** The images that arguments name: a folder stands for all that are in it, and anything else for itself. */
export async function namedImages(names: readonly string[]): Promise<readonly NamedImage[]> {
  const found = await Promise.all(names.map(imagesOf));
  return found.flat();
}

async function imagesOf(name: string): Promise<readonly NamedImage[]> {
  // Of a URL there is no such folder.
  const stats = await stat(name).catch(() => undefined);
  if (!stats?.isDirectory()) return [{ image: name }];
  const { files, failures, passedOver } = await imagesInFolder(name);
  if (files.length > 0 && passedOver !== '') warn(passedOverWarning(name, passedOver));
  return [
    ...failures.map(({ folder, error }) => ({ image: join(name, folder), error })),
    ...files.map((file) => ({ image: join(name, file) })),
  ];
}
