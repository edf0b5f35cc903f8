import { inOrder } from '../../../embedding-file/in-order.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { writeAtomically } from '../../../files/atomic-write.ts';
import type { ReadImage } from '../../../images/read-image.ts';
import { createThumbnails } from '../../../jobs/thumbnails/make-thumbnail.ts';
import type { Report } from '../evaluation-json.ts';
import type { PicturedMistake } from './mistakes.ts';
import { reportPage } from './page.ts';

/** Files that are read at a time; their pictures are made one after the other. */
const AT_ONCE = 4;

/**
 * Writes a report as one HTML file, in place of one that is there.
 *
 * @param sourceOf the path or URL of a picture, by its name.
 * @param most mistakes that are shown.
 * @throws ApiError OUTPUT_UNWRITABLE.
 */
export async function writeReport(
  file: string,
  report: Report,
  most: number,
  readImage: ReadImage,
  sourceOf: (name: string) => string,
): Promise<void> {
  const { zeroShot, fewShot } = report.figures;
  const thumbnails = createThumbnails(false);
  const { signal } = new AbortController();
  const mistakes: PicturedMistake[] = [];
  try {
    const shown = (fewShot?.assessment ?? zeroShot).mistakes.slice(0, most);
    const draw = async (mistake: (typeof shown)[number]): Promise<PicturedMistake> => {
      const source = sourceOf(report.images[mistake.image]!.name);
      const bytes = await readImage(source, signal).catch(() => undefined);
      return { ...mistake, thumbnail: bytes && (await thumbnails.make(bytes, signal)) };
    };
    const concurrency = { atOnce: AT_ONCE, ahead: 2 * AT_ONCE };
    for await (const mistake of inOrder(shown, draw, concurrency)) mistakes.push(mistake);
  } finally {
    await thumbnails.close();
  }
  try {
    await writeAtomically(file, reportPage(report, mistakes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError('OUTPUT_UNWRITABLE', `expected to write ${file}, got: ${reason}`, { cause });
  }
}
