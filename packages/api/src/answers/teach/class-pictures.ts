import type { NewExample } from '../../classifiers/classifier.ts';
import type { PublicError } from '../../errors/public-error.ts';
import type { GivenImage } from '../../images/given-image.ts';
import { sourceName } from '../../images/source-name.ts';
import { checkKeptBytes } from '../../limits/classifiers.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { Context } from '../context.ts';
import { answerEach, InputFailure } from '../outcome.ts';

/** A picture of a class. */
export interface GivenPicture {
  /** The place of its class, from 0, and its label. */
  readonly class: number;
  readonly label: string;
  /** Its place among the pictures that were given for that class, from 0. */
  readonly index: number;
  readonly image: GivenImage;
}

/** Why a picture taught nothing. */
export interface PictureFailure extends PublicError {
  readonly label: string;
  /** Its place among the pictures that were given for its class, from 0. */
  readonly index: number;
}

/** A picture that could be read. */
export interface EncodedPicture {
  readonly given: GivenPicture;
  readonly example: NewExample;
}

/** The most that are under way at a time: a command has up to a thousand. */
const AT_ONCE = 64;

/**
 * Embeds pictures to learn from; one that fails leaves the others.
 *
 * @param keepsImages whether their files are kept too.
 * @throws ApiError TOO_MANY_IMAGES, TOO_MANY_IMAGE_BYTES; what loaders throw for the whole operation.
 */
export async function encodePictures(
  { loaders }: ModelSession,
  pictures: readonly GivenPicture[],
  keepsImages: boolean,
  describe: Context['describe'],
): Promise<{
  readonly encoded: readonly EncodedPicture[];
  readonly failures: readonly PictureFailure[];
}> {
  const encoded: EncodedPicture[] = [];
  const failures: PictureFailure[] = [];
  let keptBytes = 0;
  const encode = async (given: GivenPicture): Promise<NewExample> => {
    const source = await loaders.find(given.image);
    const { image, bytes } = keepsImages
      ? await loaders.imageFile(source)
      : { image: await loaders.image(source), bytes: undefined };
    keptBytes += bytes?.length ?? 0;
    checkKeptBytes(keptBytes);
    return {
      class: given.class,
      contentHash: image.contentHash,
      source: sourceName('url' in source ? source.url : undefined),
      format: image.facts.format,
      embedding: image.direction,
      image: bytes,
    };
  };
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    const batch = pictures.slice(start, start + AT_ONCE);
    const outcomes = await answerEach(batch, () => 'image', encode, describe);
    for (const [i, outcome] of outcomes.entries()) {
      const given = batch[i]!;
      if (!(outcome instanceof InputFailure)) encoded.push({ given, example: outcome });
      else failures.push({ ...outcome.error, label: given.label, index: given.index });
    }
  }
  return { encoded, failures };
}
