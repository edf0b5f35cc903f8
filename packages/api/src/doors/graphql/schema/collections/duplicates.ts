import {
  type DuplicateItems,
  duplicates,
  type DuplicateLevel as Level,
} from '../../../../answers/search/duplicates.ts';
import type { Collection } from '../../../../collections/collection.ts';
import { SCANS } from '../../../../limits/collections.ts';
import { builder } from '../builder.ts';
import { type CollectionItem, Item } from './item.ts';
import { PAGE_ARGS, pageSize } from './page.ts';

const DuplicateLevel = builder.enumType('DuplicateLevel', {
  description: 'How alike duplicates are.',
  values: {
    SAME_BYTES: { description: 'Files of the same bytes.' },
    SAME_PICTURE: { description: 'One picture, saved again or resized.' },
    NEARLY_SAME: { description: 'Pictures that are nearly the same, such as those of a series.' },
  } satisfies Record<Level, { description: string }>,
});

interface Group extends DuplicateItems {
  readonly collection: Collection;
}

interface Member extends CollectionItem {
  readonly cosine: number;
}

const DuplicateMember = builder.objectRef<Member>('DuplicateMember').implement({
  description: 'An item that is about the same as another.',
  fields: (t) => ({
    item: t.field({ type: Item, description: 'The item.', resolve: (member) => member }),
    cosine: t.exposeFloat('cosine', { description: 'Similarity to the representative.' }),
  }),
});

/** Members of a group, at most. */
const MAX_MEMBERS = 256;

const DuplicateGroup = builder.objectRef<Group>('DuplicateGroup').implement({
  description: 'Items that are all about the same as one of them.',
  fields: (t) => ({
    representative: t.field({
      type: Item,
      description: 'The one that the others are like.',
      resolve: ({ collection, representative: item }) => ({ collection, item }),
    }),
    members: t.field({
      type: [DuplicateMember],
      description: 'The others, the most similar first.',
      price: (_args, { within }) => ({ length: Math.min(MAX_MEMBERS, within.members ?? 0) }),
      resolve: ({ collection, members }) => members.map((member) => ({ ...member, collection })),
    }),
  }),
});

const Duplicates = builder
  .objectRef<{ readonly groups: readonly Group[]; readonly total: number }>('Duplicates')
  .implement({
    description: 'Groups of items that are about the same.',
    fields: (t) => ({
      total: t.exposeInt('total', { description: 'Number of groups.' }),
      groups: t.field({
        type: [DuplicateGroup],
        description: 'The groups, the largest first.',
        price: (_args, { within }) => ({ length: within.page ?? 0, holds: { members: 8 } }),
        resolve: ({ groups }) => [...groups],
      }),
    }),
  });

builder.queryField('duplicates', (t) =>
  t.field({
    type: Duplicates,
    nullable: true,
    description: 'Groups the items of a collection that are about the same.',
    args: {
      collection: t.arg.string({ required: true, description: 'Name of the collection.' }),
      level: t.arg({ type: DuplicateLevel, description: 'How alike. Default: SAME_PICTURE.' }),
      first: PAGE_ARGS.first,
    },
    // Each item is compared with all.
    price: ({ first }) => ({ scans: SCANS.duplicates, holds: { page: pageSize(first) } }),
    resolve: async (_root, { collection: name, level, first }, context) => {
      const { collections: store, indexes, owner, signal } = context;
      const collection = await store.find(owner, name);
      const wanted = { groups: pageSize(first), members: MAX_MEMBERS, signal };
      const chosen = level ?? 'SAME_PICTURE';
      const { total, groups } = await duplicates({ store, indexes }, collection, chosen, wanted);
      return { total, groups: groups.map((group) => ({ ...group, collection })) };
    },
  }),
);
