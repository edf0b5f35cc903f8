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
    createdAt: t.exposeString('createdAt', {
      description: 'Time of creation, as ISO 8601 in UTC.',
    }),
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

builder.mutationField('createLabelSet', (t) =>
  t.field({
    type: LabelSet,
    nullable: true,
    description: `Stores labels under a name, for \`classify(labelSet:)\`. An identical set is returned as it is. At most ${MAX_SETS} sets a caller.`,
    args: {
      name: t.arg.string({
        required: true,
        description: '1 to 64 lower-case letters, digits, `-` and `_`.',
      }),
      labels: t.arg.stringList({ required: true, description: `${LABEL_COUNT}.` }),
      ...templateArgs,
      replace: t.arg.boolean({
        defaultValue: false,
        description: 'Whether to replace another set of this name. Default: fail.',
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
    description: 'Deletes a label set, and returns it.',
    args: { name: t.arg.string({ required: true, description: 'Name of the label set.' }) },
    price: (_args, { limits }) => ({ holds: largestSet(limits) }),
    resolve: (_root, { name }, { labelSets }) => labelSets.delete(name),
  }),
);
