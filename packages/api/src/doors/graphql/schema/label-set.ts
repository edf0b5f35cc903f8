import type { LabelSet as Kept } from '../../../label-sets/label-set.ts';
import { builder } from './builder.ts';
import './date-time.ts';
import { keptSets } from './label-set-price.ts';
import { priceOfTexts } from './text-price.ts';

export const LabelSet = builder.objectRef<Kept>('LabelSet');

builder.node(LabelSet, {
  description:
    'A named list of labels. Its embeddings are computed once per model and kept, across restarts if the server has a data folder.',
  id: { resolve: ({ name }) => name },
  loadOne: (name, { labelSets }) => labelSets.find(name),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to pass to `classify(labelSet:)`.' }),
    labels: t.exposeStringList('labels', {
      description: 'The labels, in the order given.',
      price: (_args, { within }) => priceOfTexts(within.labels),
    }),
    templates: t.exposeStringList('templates', {
      description: 'The hypothesis templates, with `{}` for the label.',
      price: (_args, { within }) => priceOfTexts(within.templates),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time of creation.' }),
  }),
});

builder.queryField('labelSets', (t) =>
  t.field({
    type: [LabelSet],
    description:
      'Your label sets, ordered by name: those of your key or token subject, or all where none is needed.',
    price: (_args, { labelSets }) => ({
      length: labelSets.list().length,
      holds: keptSets(labelSets),
    }),
    resolve: (_root, _args, { labelSets }) => [...labelSets.list()],
  }),
);
