import { grouped } from '../../../../errors/grouped.ts';
import { checkChangedItems, MAX_CHANGED_ITEMS } from '../../../../limits/collections.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';

const MOST = `At most ${grouped(MAX_CHANGED_ITEMS)}.`;

const SetMetadataEntry = builder.inputType('SetMetadataEntry', {
  description: 'New metadata of an item.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The key of the item.' }),
    metadata: t.field({
      type: 'Metadata',
      required: true,
      description: 'All of its metadata from now on.',
    }),
  }),
});

const SetMetadataInput = builder.inputType('SetMetadataInput', {
  description: 'Metadata to set.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    items: t.field({ type: [SetMetadataEntry], required: true, description: MOST }),
  }),
});

const DeleteItemsInput = builder.inputType('DeleteItemsInput', {
  description: 'Items to delete.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    keys: t.stringList({ required: true, description: `Their keys. ${MOST}` }),
  }),
});

builder.mutationField('setMetadata', (t) =>
  t.field({
    type: builder.objectRef<Change<number>>('SetMetadataPayload').implement({
      description: 'How many items were changed, or why none was.',
      fields: (f) => ({
        changed: f.exposeInt('done', {
          nullable: true,
          description: 'Items that were there and have the new metadata.',
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description: 'Replaces the metadata of items. Keys that are not there are passed over.',
    args: { input: t.arg({ type: SetMetadataInput, required: true, description: 'What to set.' }) },
    price: {},
    resolve: (_root, { input: { collection: name, items } }, context) =>
      changeBy(context, async () => {
        checkChangedItems(items.length);
        const { collections, owner } = context;
        const collection = await collections.find(owner, name);
        const keys = items.map(({ key }) => key);
        const there = await collections.known(collection, keys);
        await collections.setMetadata(collection, items);
        return there.size;
      }),
  }),
);

builder.mutationField('deleteItems', (t) =>
  t.field({
    type: builder.objectRef<Change<number>>('DeleteItemsPayload').implement({
      description: 'How many items were deleted, or why none was.',
      fields: (f) => ({
        deleted: f.exposeInt('done', {
          nullable: true,
          description: 'Items that were there and are no more.',
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description: 'Deletes items by their keys; `startDelete` deletes by a filter.',
    args: {
      input: t.arg({ type: DeleteItemsInput, required: true, description: 'What to delete.' }),
    },
    price: {},
    resolve: (_root, { input: { collection: name, keys } }, context) =>
      changeBy(context, async () => {
        checkChangedItems(keys.length);
        const { collections, owner } = context;
        return collections.remove(await collections.find(owner, name), keys);
      }),
  }),
);
