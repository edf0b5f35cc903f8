import type { ServedModel as Served } from '../../../models/registry.ts';
import { builder } from './builder.ts';
import { Model } from './model.ts';

const ServedModel = builder.objectRef<Served>('ServedModel').implement({
  description: 'A CLIP model that can be asked for.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the argument `model` takes.' }),
    loaded: t.field({
      type: Model,
      nullable: true,
      description: 'Null while it is not loaded: the next who asks for it waits until it is.',
      resolve: ({ loaded }) => loaded ?? null,
    }),
  }),
});

builder.queryField('servedModels', (t) =>
  t.field({
    type: [ServedModel],
    description: 'The models that can be asked for, loaded or not; the first is the default.',
    price: (_args, { models }) => ({ length: models.list().length }),
    resolve: (_root, _args, { models }) => models.list(),
  }),
);
