import type { Collection } from '../collections/collection.ts';
import { isAboutItems } from '../collections/is-about-items.ts';
import type { ImageFacts, Metadata, NewItem } from '../collections/item.ts';
import { checkKey } from '../collections/item-key.ts';
import { checkMetadata } from '../collections/metadata.ts';
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
 * Embeds images and keeps them as items; one that fails, or cannot be kept, leaves the others as they are.
 *
 * @param loaders of the collection's model.
 * @throws ApiError TOO_MANY_IMAGES; what loaders throw for the whole operation, and the store.
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
    const name = sourceName('url' in source ? source.url : undefined);
    // Before it is embedded in vain.
    checkKey(key, name);
    checkMetadata(key, metadata);
    const { facts, contentHash, direction: embedding } = await loaders.image(source);
    const format = facts.format as ImageFacts['format'];
    return {
      ...{ key, metadata, contentHash, embedding },
      facts: { ...facts, format },
      source: name,
      modified: undefined,
      thumbnail: undefined,
    };
  };
  const outcomes = await answerEach(items, () => 'image', encode, describe);
  const encoded = outcomes.map((outcome) =>
    outcome instanceof InputFailure ? undefined : outcome,
  );
  const refused = await keep(collections, collection, encoded);
  const failures = outcomes.flatMap((outcome, i) => {
    if (outcome instanceof InputFailure) return [outcome];
    const error = refused.get(i);
    return error === undefined ? [] : [new InputFailure(i, 'image', describe(error))];
  });
  const isKept = (item: NewItem | undefined, i: number) => item !== undefined && !refused.has(i);
  return { keys: encoded.filter(isKept).map((item) => item!.key), failures };
}

/** Writes all at once, or each for itself where one cannot be kept. @returns errors by place. */
async function keep(
  collections: CollectionStore,
  collection: Collection,
  items: readonly (NewItem | undefined)[],
): Promise<ReadonlyMap<number, unknown>> {
  const given = items.filter((item) => item !== undefined);
  const refused = new Map<number, unknown>();
  if (given.length === 0) return refused;
  try {
    await collections.upsert(collection, given);
    return refused;
  } catch (error) {
    if (!isAboutItems(error)) throw error;
  }
  for (const [i, item] of items.entries()) {
    if (item === undefined) continue;
    await collections.upsert(collection, [item]).catch((error) => {
      if (!isAboutItems(error)) throw error;
      refused.set(i, error);
    });
  }
  return refused;
}
