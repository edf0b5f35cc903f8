import { chooseModel } from '../../../../answers/choose-model.ts';
import type { Collection as Kept } from '../../../../collections/collection.ts';
import { spaceOf } from '../../../../jobs/lease-space.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { MODEL_CHOICE } from '../model.ts';
import { Collection } from './collection.ts';

/** @param done what `collection` is. */
const payload = (name: string, description: string, done: string) =>
  builder.objectRef<Change<Kept>>(name).implement({
    description,
    fields: (t) => ({
      collection: t.expose('done', { type: Collection, nullable: true, description: done }),
      errors: t.field(ERRORS),
    }),
  });

const CreateCollectionInput = builder.inputType('CreateCollectionInput', {
  description: 'A collection to create.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: '1 to 64 lower-case letters, digits, `-` and `_`.',
    }),
    model: t.string(MODEL_CHOICE.model),
    precision: t.field(MODEL_CHOICE.precision),
  }),
});

builder.mutationField('createCollection', (t) =>
  t.field({
    type: payload(
      'CreateCollectionPayload',
      'The new collection, or why there is none.',
      'The collection, still empty.',
    ),
    nullable: true,
    description: 'Creates an empty collection, whose vectors a model of this server will make.',
    args: {
      input: t.arg({ type: CreateCollectionInput, required: true, description: 'What to create.' }),
    },
    price: {},
    resolve: (_root, { input: { name, ...choice } }, context) =>
      changeBy(context, async () => {
        const { model } = await chooseModel(context, choice);
        return context.collections.create(
          context.owner,
          name,
          await spaceOf(model, model.clip.info.name),
        );
      }),
  }),
);

const DeleteCollectionInput = builder.inputType('DeleteCollectionInput', {
  description: 'A collection to delete.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of the collection.' }),
  }),
});

builder.mutationField('deleteCollection', (t) =>
  t.field({
    type: payload(
      'DeleteCollectionPayload',
      'The deleted collection, or why it was not deleted.',
      'The collection, as it was.',
    ),
    nullable: true,
    description: 'Deletes a collection with all of its items. The images themselves stay.',
    args: {
      input: t.arg({ type: DeleteCollectionInput, required: true, description: 'What to delete.' }),
    },
    price: {},
    resolve: (_root, { input: { name } }, context) =>
      changeBy(context, async () => {
        const { collections, owner } = context;
        const collection = await collections.find(owner, name);
        await collections.drop(owner, name);
        return collection;
      }),
  }),
);
