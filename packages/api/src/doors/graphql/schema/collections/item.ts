import type { Collection } from '../../../../collections/collection.ts';
import { findIfThere } from '../../../../collections/find-if-there.ts';
import type { Item as Kept } from '../../../../collections/item.ts';
import { builder } from '../builder.ts';
import '../date-time.ts';
import { ImageFacts } from '../image-facts.ts';
import { METADATA_PRICE } from './metadata.ts';

/** An item, and where it is kept. */
export interface CollectionItem {
  readonly collection: Collection;
  readonly item: Kept;
}

export const Item = builder.objectRef<CollectionItem>('Item');

/** A collection's name has no slash. */
const idOf = ({ collection, item }: CollectionItem): string => `${collection.name}/${item.key}`;

builder.node(Item, {
  description: 'An image of a collection.',
  id: { resolve: idOf },
  loadOne: async (id, { collections, owner }) => {
    const slash = id.indexOf('/');
    const collection = await findIfThere(collections, owner, id.slice(0, slash));
    if (collection === undefined) return null;
    const [item] = await collections.items(collection, [id.slice(slash + 1)]);
    return item && { collection, item };
  },
  fields: (t) => ({
    key: t.string({
      description: 'Its key, unique in the collection.',
      resolve: ({ item }) => item.key,
    }),
    source: t.string({
      description:
        'The path or URL that the image came from; `upload` for one that came with the request.',
      resolve: ({ item }) => item.source,
    }),
    metadata: t.field({
      type: 'Metadata',
      description: 'Its metadata.',
      price: METADATA_PRICE,
      resolve: ({ item }) => item.metadata,
    }),
    image: t.field({
      type: ImageFacts,
      nullable: true,
      description: 'Format and size of the image file; null if its vector was made elsewhere.',
      resolve: ({ item }) => item.facts,
    }),
    contentHash: t.string({
      nullable: true,
      description:
        'SHA-256 of the image file, in hexadecimal; null if its vector was made elsewhere.',
      resolve: ({ item }) => item.contentHash,
    }),
    indexedAt: t.field({
      type: 'DateTime',
      description: 'When it was indexed.',
      resolve: ({ item }) => item.indexedAt.toISOString(),
    }),
    thumbnailUrl: t.string({
      nullable: true,
      description: 'Path of its thumbnail on this server; null if none was made.',
      resolve: ({ collection, item }) =>
        item.hasThumbnail ? thumbnailPath(collection.name, item.key) : null,
    }),
  }),
});

const thumbnailPath = (collection: string, key: string): string =>
  `/thumbnails/${collection}/${encodeURIComponent(key)}`;
