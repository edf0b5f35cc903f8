import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesInFolder, passedOverWarning } from '../images/image-folder.ts';
import { reportError, warn } from './report.ts';
import { textLines } from './text-lines.ts';

/** An image on the disk. */
export interface FoundImage {
  /** What it is called in the output: its path from the one folder that was named, else its own. */
  readonly file: string;
  readonly path: string;
}

/**
 * The images of folders, and files that are named themselves; `-` stands for the names in the lines of
 * standard input. What cannot be had is reported.
 *
 * @param quiet names no files that were passed over.
 */
export async function findImages(
  names: readonly string[],
  quiet: boolean,
): Promise<readonly FoundImage[]> {
  const places = names.flatMap((name) =>
    name === '-'
      ? textLines('-', '--images').map((place) => ({ place, isListed: true }))
      : [{ place: name, isListed: false }],
  );
  const found: FoundImage[] = [];
  for (const { place, isListed } of places) {
    const stats = await stat(place).catch(() => undefined);
    // A line of a list has its row, though there may be no such file.
    if (stats?.isFile() || (isListed && !stats?.isDirectory())) {
      found.push({ file: place, path: place });
      continue;
    }
    const { files, failures, passedOver } = await imagesInFolder(place);
    for (const { folder, error } of failures) reportError(error, join(place, folder));
    if (files.length > 0 && passedOver !== '' && !quiet) warn(passedOverWarning(place, passedOver));
    const isOnly = places.length === 1;
    for (const file of files) {
      const path = join(place, file);
      found.push({ file: isOnly ? file : path, path });
    }
  }
  return found;
}
