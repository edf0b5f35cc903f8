import { DEFAULT_TEMPLATES } from '@clipql/core';
import { chooseModel } from '../../../answers/choose-model.ts';
import { type LabelSet as Kept, MAX_SETS } from '../../../label-sets/label-set.ts';
import { textAmount } from '../prices/price.ts';
import { builder } from './builder.ts';
import { LABEL_COUNT } from './classify-args.ts';
import { countPrompts } from './classify-price.ts';
import { keptSets, largestSet } from './label-set-price.ts';
import { modelArgs } from './model.ts';
import { templateArgs, templatesOf } from './template-args.ts';
import { priceOfTexts } from './text-price.ts';

const LabelSet = builder.objectRef<Kept>('LabelSet');

builder.node(LabelSet, {
  description:
    'Labels under a name. Their embeddings are computed once for each model, and kept: across ' +
    'restarts where the server has a data folder.',
  id: { resolve: ({ name }) => name },
  loadOne: (name, { labelSets }) => labelSets.find(name),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What `classify(labelSet:)` takes.' }),
    labels: t.exposeStringList('labels', {
      description: 'The labels, in the order in which they were given.',
      price: (_args, { within }) => priceOfTexts(within.labels),
    }),
    templates: t.exposeStringList('templates', {
      description: 'What each label is put into.',
      price: (_args, { within }) => priceOfTexts(within.templates),
    }),
    createdAt: t.exposeString('createdAt', { description: 'ISO 8601, in UTC.' }),
  }),
});

builder.queryField('labelSets', (t) =>
  t.field({
    type: [LabelSet],
    description: 'The label sets that are kept, by name.',
    price: (_args, { labelSets }) => ({
      length: labelSets.list().length,
      holds: keptSets(labelSets),
    }),
    resolve: (_root, _args, { labelSets }) => [...labelSets.list()],
  }),
);

builder.mutationField('createLabelSet', (t) =>
  t.field({
    type: LabelSet,
    nullable: true,
    description:
      'Keeps labels under a name, for `classify(labelSet:)`. A set that holds the same already is ' +
      `given back as it is. At most ${MAX_SETS} sets.`,
    args: {
      name: t.arg.string({
        required: true,
        description: '1 to 64 small letters, digits, `-` and `_`.',
      }),
      labels: t.arg.stringList({ required: true, description: `${LABEL_COUNT}.` }),
      ...templateArgs,
      replace: t.arg.boolean({
        defaultValue: false,
        description: 'Whether another set of this name gives way; an error otherwise.',
      }),
      ...modelArgs,
    },
    price: ({ labels, ...args }, { limits }) => {
      const templates = templatesOf(args) ?? DEFAULT_TEMPLATES;
      return {
        ...countPrompts(labels, templates, limits),
        holds: { labels: textAmount(labels), templates: textAmount(templates) },
      };
    },
    resolve: async (_root, { name, labels, replace, ...args }, context) => {
      const templates = templatesOf(args) ?? DEFAULT_TEMPLATES;
      const set = { name, labels, templates, createdAt: new Date().toISOString() };
      const session = await chooseModel(context, args);
      return context.labelSets.create(set, session, replace ?? false);
    },
  }),
);

builder.mutationField('deleteLabelSet', (t) =>
  t.field({
    type: LabelSet,
    nullable: true,
    description: 'Deletes a label set, and gives it back as it was.',
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    price: (_args, { limits }) => ({ holds: largestSet(limits) }),
    resolve: (_root, { name }, { labelSets }) => labelSets.delete(name),
  }),
);
