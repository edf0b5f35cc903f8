import type { Collection as Kept } from '../../../../collections/collection.ts';
import { findIfThere } from '../../../../collections/find-if-there.ts';
import { builder } from '../builder.ts';
import '../date-time.ts';
import { MAX_COLLECTIONS, MAX_METADATA_FIELDS } from '../../../../limits/collections.ts';
import { type CollectionItem, Item } from './item.ts';
import { filterOf, ItemFilter } from './item-filter.ts';
import { ItemOrder, orderOf } from './item-order.ts';
import { MetadataField } from './metadata.ts';
import { PAGE_ARGS, PageInfo, type PageOf, pageInfo, pageSize } from './page.ts';

interface ItemEdge extends CollectionItem {
  readonly cursor: string;
}

const ItemEdge = builder.objectRef<ItemEdge>('ItemEdge').implement({
  description: 'An item of a page.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'The value of `after` to go on from here.' }),
    node: t.field({ type: Item, description: 'The item.', resolve: (edge) => edge }),
  }),
});

const ItemConnection = builder.objectRef<PageOf<ItemEdge>>('ItemConnection').implement({
  description: 'Items of a collection.',
  fields: (t) => ({
    edges: t.field({
      type: [ItemEdge],
      description: 'The items, in order.',
      price: (_args, { within }) => ({ length: within.page ?? 0 }),
      resolve: ({ edges }) => [...edges],
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Whether there is more.',
      resolve: pageInfo,
    }),
  }),
});

const Reembedding = builder.objectRef<NonNullable<Kept['reembedding']>>('Reembedding').implement({
  description: 'The move of a collection to another model. The old one answers until it is over.',
  fields: (t) => ({
    model: t.string({
      description: 'The model that it moves to.',
      resolve: ({ space }) => space.model,
    }),
    done: t.exposeInt('done', { description: 'Items that have a vector of it.' }),
  }),
});

export const Collection = builder.objectRef<Kept>('Collection');

builder.node(Collection, {
  description: 'Images under a name, to search and browse. All have vectors of one model.',
  id: { resolve: ({ name }) => name },
  loadOne: async (name, { collections, owner }) =>
    (await findIfThere(collections, owner, name)) ?? null,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to pass as `collection`.' }),
    model: t.string({
      description: 'The model that made its vectors.',
      resolve: ({ space }) => space.model,
    }),
    dimensions: t.int({
      description: 'Number of dimensions of a vector.',
      resolve: ({ space }) => space.dimensions,
    }),
    itemCount: t.exposeInt('items', { description: 'Number of items.' }),
    fields: t.field({
      type: [MetadataField],
      description: 'The fields that its items have in their metadata.',
      price: { length: MAX_METADATA_FIELDS },
      resolve: ({ fields }) => [...fields].map(([name, type]) => ({ name, type })),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time of creation.',
      resolve: ({ createdAt }) => createdAt.toISOString(),
    }),
    reembedding: t.expose('reembedding', {
      type: Reembedding,
      nullable: true,
      description: 'The move to another model that is under way.',
    }),
    items: t.field({
      type: ItemConnection,
      nullable: true,
      description: 'Its items, without a search: filtered, in an order, page by page.',
      args: {
        where: t.arg({ type: ItemFilter, description: 'Only items that pass.' }),
        orderBy: t.arg({ type: ItemOrder, description: 'Default: by key.' }),
        ...PAGE_ARGS,
      },
      // In the order of keys or of time, an index leads to what is wanted.
      price: ({ where, orderBy, first }) => ({
        scans: where || orderBy?.field ? 1 : 0,
        holds: { page: pageSize(first) },
      }),
      resolve: async (collection, { where, orderBy, first, after }, { collections }) => {
        const { items, hasNext } = await collections.page(collection, {
          where: where ? filterOf(where) : undefined,
          orderBy: orderOf(orderBy ?? {}),
          first: pageSize(first),
          after: after ?? undefined,
        });
        return { edges: items.map((entry) => ({ ...entry, collection })), hasNext };
      },
    }),
  }),
});

builder.queryField('collections', (t) =>
  t.field({
    type: [Collection],
    nullable: true,
    description:
      'Your collections, ordered by name: those of your key or token subject, or all where none is needed.',
    price: { length: MAX_COLLECTIONS },
    resolve: async (_root, _args, { collections, owner }) => [...(await collections.list(owner))],
  }),
);

builder.queryField('collection', (t) =>
  t.field({
    type: Collection,
    nullable: true,
    description: 'One of your collections.',
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    price: {},
    resolve: (_root, { name }, { collections, owner }) => collections.find(owner, name),
  }),
);
