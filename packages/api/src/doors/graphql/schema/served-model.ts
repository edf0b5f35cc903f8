import type { ServedModel as Served } from '../../../models/registry.ts';
import { builder } from './builder.ts';
import { Model } from './model.ts';

const ServedModel = builder.objectRef<Served>('ServedModel').implement({
  description: 'A CLIP model that the server offers, loaded or not.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to pass as `model`.' }),
    loaded: t.field({
      type: Model,
      nullable: true,
      description: 'The loaded model; null until the first request for it loads it.',
      resolve: ({ loaded }) => loaded ?? null,
    }),
  }),
});

builder.queryField('servedModels', (t) =>
  t.field({
    type: [ServedModel],
    deprecationReason: 'Use `models`, which says which are loaded.',
    description: 'All models that the server offers, loaded or not. The first is the default.',
    price: (_args, { models }) => ({ length: models.list().length }),
    resolve: (_root, _args, { models }) => models.list(),
  }),
);
