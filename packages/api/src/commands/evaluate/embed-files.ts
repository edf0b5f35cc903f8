import type { LabelledImage } from '../../answers/evaluate/labelled-images.ts';
import { inOrder } from '../../embedding-file/in-order.ts';
import { describeError } from '../../errors/public-error.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import { createProgress } from '../progress.ts';
import { errorLine } from '../report.ts';
import type { FailedFile, LabelledFile } from './labelled-files.ts';

/** Two batches: while one is in the model, the next is decoded. */
const AT_ONCE = 16;

export interface EmbeddedFiles {
  readonly images: readonly LabelledImage[];
  readonly failures: readonly FailedFile[];
}

interface Outcome {
  readonly image?: LabelledImage;
  readonly failure?: FailedFile;
}

/**
 * Embeds pictures with a progress bar. One that cannot be read is reported, and the others are still measured.
 *
 * @param places of the classes, by their values.
 */
export async function embedFiles(
  { loaders }: ModelSession,
  files: readonly LabelledFile[],
  places: ReadonlyMap<string, number>,
  quiet: boolean,
): Promise<EmbeddedFiles> {
  const progress = createProgress({ unit: 'images', total: files.length, quiet });
  const embed = async ({ name, source, value, groups }: LabelledFile): Promise<Outcome> => {
    try {
      const { contentHash, direction } = await loaders.image({ url: source });
      const truth = places.get(value)!;
      return { image: { name, contentHash, embedding: direction, truth, groups } };
    } catch (error) {
      return { failure: { name, value, error: describeError(error) } };
    }
  };
  const images: LabelledImage[] = [];
  const failures: FailedFile[] = [];
  try {
    let done = 0;
    const concurrency = { atOnce: AT_ONCE, ahead: 2 * AT_ONCE };
    for await (const { image, failure } of inOrder(files, embed, concurrency)) {
      if (image !== undefined) images.push(image);
      if (failure !== undefined) {
        failures.push(failure);
        progress.log(errorLine(failure.error, failure.name));
      }
      progress.update(++done);
    }
  } finally {
    progress.end();
  }
  return { images, failures };
}
