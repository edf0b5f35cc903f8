import { join } from 'node:path';
import { imagesInFolder, passedOverWarning } from '../images/image-folder.ts';
import { reportError, warn } from './report.ts';

/**
 * The images in a folder, as `imagesInFolder` lists them. What cannot be read or is passed over is reported.
 *
 * @throws ApiError NO_IMAGES, FOLDER_UNREADABLE for the folder itself.
 */
export async function reportedImages(folder: string): Promise<readonly string[]> {
  const { files, failures, passedOver } = await imagesInFolder(folder);
  for (const { folder: within, error } of failures) {
    if (within === '') throw error;
    reportError(error, join(folder, within));
  }
  if (passedOver !== '') warn(passedOverWarning(folder, passedOver));
  return files;
}
