import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { warn } from '../report.ts';
import { reportedImages } from '../reported-images.ts';
import { inOrder, type LabelledFiles } from './labelled-files.ts';

/**
 * A folder with a folder of pictures for each class, which may have folders within, as torchvision's ImageFolder has it.
 * What cannot be read is reported.
 *
 * @throws ApiError NO_IMAGES where there are no such folders.
 */
export async function readClassFolders(folder: string): Promise<LabelledFiles> {
  const files = await reportedImages(folder);
  const inClasses = files.filter((file) => file.includes('/'));
  const strays = files.length - inClasses.length;
  if (inClasses.length === 0) {
    const got = `${counted(strays, 'picture')} and no folder of any`;
    throw new ApiError('NO_IMAGES', `expected a folder of pictures for each class, got ${got}`);
  }
  if (strays > 0) warn(`${folder} has ${counted(strays, 'picture')} in no class’s folder`);
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return {
    values: inOrder(folders.map(({ name }) => name)),
    files: inClasses.map((file) => ({
      name: file,
      source: join(folder, file),
      value: file.slice(0, file.indexOf('/')),
      groups: [],
    })),
  };
}
