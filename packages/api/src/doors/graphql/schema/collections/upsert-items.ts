import type { InputFailure } from '../../../../answers/outcome.ts';
import { upsertItems } from '../../../../answers/upsert-items.ts';
import { DEFAULT_LIMITS } from '../../../../limits/limits.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { ImageInput } from '../image-input.ts';
import { ImageError } from '../input-error.ts';
import { type CollectionItem, Item } from './item.ts';
import { sessionOf } from './session-of.ts';

interface Upserted {
  readonly items: readonly CollectionItem[];
  readonly failures: readonly InputFailure[];
}

const UpsertItem = builder.inputType('UpsertItem', {
  description: 'An image to keep.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Its key; an item of this key is replaced.' }),
    image: t.field({ type: ImageInput, required: true, description: 'The image.' }),
    metadata: t.field({ type: 'Metadata', description: 'Its metadata. Default: none.' }),
  }),
});

const UpsertItemsInput = builder.inputType('UpsertItemsInput', {
  description: 'Images to keep in a collection.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    items: t.field({
      type: [UpsertItem],
      required: true,
      description: `The images: at most ${DEFAULT_LIMITS.maxImages} by default; \`startIndex\` takes more.`,
    }),
  }),
});

const UpsertItemsPayload = builder.objectRef<Change<Upserted>>('UpsertItemsPayload').implement({
  description: 'The items that are kept now, and those that failed.',
  fields: (t) => ({
    items: t.field({
      type: [Item],
      description: 'The items, in the order given.',
      price: (_args, { within }) => ({ length: within.page ?? 0 }),
      resolve: ({ done }) => [...(done?.items ?? [])],
    }),
    failures: t.field({
      type: [ImageError],
      description: 'Those that cannot be embedded or kept; the others are kept.',
      price: (_args, { within }) => ({ length: within.page ?? 0 }),
      resolve: ({ done }) => [...(done?.failures ?? [])],
    }),
    errors: t.field(ERRORS),
  }),
});

builder.mutationField('upsertItems', (t) =>
  t.field({
    type: UpsertItemsPayload,
    nullable: true,
    description:
      'Embeds images, by URL, in base64 or uploaded, and keeps them as items. It answers when they are on the disk.',
    args: {
      input: t.arg({ type: UpsertItemsInput, required: true, description: 'What to keep.' }),
    },
    price: ({ input: { items } }) => ({ images: items.length, holds: { page: items.length } }),
    resolve: (_root, { input: { collection: name, items } }, context) =>
      changeBy(context, async () => {
        const { collections, owner, describe } = context;
        const collection = await collections.find(owner, name);
        const { loaders } = await sessionOf(context, collection);
        const given = items.map((item) => ({ ...item, metadata: item.metadata ?? {} }));
        const { keys, failures } = await upsertItems(
          collections,
          collection,
          loaders,
          given,
          describe,
        );
        const kept = (await collections.items(collection, keys)).filter(
          (item) => item !== undefined,
        );
        return { items: kept.map((item) => ({ collection, item })), failures };
      }),
  }),
);
