import type { Collection } from '../collections/collection.ts';
import type { ImageFacts, Metadata, NewItem } from '../collections/item.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { GivenImage } from '../images/given-image.ts';
import { sourceName } from '../images/source-name.ts';
import { checkImageCount } from '../limits/images.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Context } from './context.ts';
import { answerEach, InputFailure } from './outcome.ts';

/** An image to keep. */
export interface GivenItem {
  readonly key: string;
  readonly image: GivenImage;
  readonly metadata: Metadata;
}

/** What became of the images. */
interface Upserted {
  /** Keys of those that are kept now. */
  readonly keys: readonly string[];
  readonly failures: readonly InputFailure[];
}

/**
 * Embeds images and keeps them as items; an image that fails leaves the others theirs.
 *
 * @param loaders of the collection's model.
 * @throws ApiError TOO_MANY_IMAGES, BAD_METADATA; what loaders throw for the whole operation, and the store.
 */
export async function upsertItems(
  collections: CollectionStore,
  collection: Collection,
  loaders: Loaders,
  items: readonly GivenItem[],
  describe: Context['describe'],
): Promise<Upserted> {
  checkImageCount(items.length, loaders.limits);
  const encode = async ({ key, image, metadata }: GivenItem): Promise<NewItem> => {
    const source = await loaders.find(image);
    const { facts, contentHash, direction: embedding } = await loaders.image(source);
    const format = facts.format as ImageFacts['format'];
    return {
      ...{ key, metadata, contentHash, embedding },
      facts: { ...facts, format },
      source: sourceName('url' in source ? source.url : undefined),
      modified: undefined,
      thumbnail: undefined,
    };
  };
  const outcomes = await answerEach(items, () => 'image', encode, describe);
  const encoded = outcomes.flatMap((outcome) => (outcome instanceof InputFailure ? [] : [outcome]));
  const failures = outcomes.filter((outcome) => outcome instanceof InputFailure);
  if (encoded.length > 0) await collections.upsert(collection, encoded);
  return { keys: encoded.map(({ key }) => key), failures };
}
