import { DEFAULT_TEMPLATES } from '@clipql/core';
import { chooseModel } from '../../../answers/choose-model.ts';
import { type LabelSet as Kept, MAX_SETS } from '../../../label-sets/label-set.ts';
import { textAmount } from '../prices/price.ts';
import { builder } from './builder.ts';
import { type Change, changeBy, ERRORS } from './change.ts';
import { LABEL_COUNT } from './classify-args.ts';
import { countPrompts } from './classify-price.ts';
import { LabelSet } from './label-set.ts';
import { largestSet } from './label-set-price.ts';
import { MODEL_CHOICE } from './model.ts';
import { TEMPLATE_CHOICE, templatesOf } from './template-args.ts';

/** @param done what `labelSet` is. */
const payload = (name: string, description: string, done: string) =>
  builder.objectRef<Change<Kept>>(name).implement({
    description,
    fields: (t) => ({
      labelSet: t.expose('done', { type: LabelSet, nullable: true, description: done }),
      errors: t.field(ERRORS),
    }),
  });

const CreateLabelSetInput = builder.inputType('CreateLabelSetInput', {
  description: 'A label set to store.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: '1 to 64 lower-case letters, digits, `-` and `_`.',
    }),
    labels: t.stringList({ required: true, description: `${LABEL_COUNT}.` }),
    replace: t.boolean({
      defaultValue: false,
      description: 'Whether to replace another set of this name. Default: fail.',
    }),
    templates: t.stringList(TEMPLATE_CHOICE.templates),
    preset: t.field(TEMPLATE_CHOICE.preset),
    model: t.string(MODEL_CHOICE.model),
    precision: t.field(MODEL_CHOICE.precision),
  }),
});

builder.mutationField('createLabelSet', (t) =>
  t.field({
    type: payload(
      'CreateLabelSetPayload',
      'The stored label set, or why it was not stored.',
      'The label set, as it is stored now.',
    ),
    nullable: true,
    description: `Stores labels under a name, for \`classify(labelSet:)\`. An identical set is returned as it is. At most ${MAX_SETS} sets a caller.`,
    args: {
      input: t.arg({ type: CreateLabelSetInput, required: true, description: 'What to store.' }),
    },
    price: ({ input: { labels, ...args } }, { limits }) => {
      const templates = templatesOf(args) ?? DEFAULT_TEMPLATES;
      return {
        ...countPrompts(labels, templates, limits),
        holds: { labels: textAmount(labels), templates: textAmount(templates) },
      };
    },
    resolve: (_root, { input: { name, labels, replace, ...args } }, context) =>
      changeBy(context, async () => {
        const templates = templatesOf(args) ?? DEFAULT_TEMPLATES;
        const set = { name, labels, templates, createdAt: new Date().toISOString() };
        const session = await chooseModel(context, args);
        return context.labelSets.create(set, session, replace ?? false);
      }),
  }),
);

const DeleteLabelSetInput = builder.inputType('DeleteLabelSetInput', {
  description: 'A label set to delete.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of the label set.' }),
  }),
});

builder.mutationField('deleteLabelSet', (t) =>
  t.field({
    type: payload(
      'DeleteLabelSetPayload',
      'The deleted label set, or why it was not deleted.',
      'The label set, as it was.',
    ),
    nullable: true,
    description: 'Deletes a label set.',
    args: {
      input: t.arg({ type: DeleteLabelSetInput, required: true, description: 'What to delete.' }),
    },
    price: (_args, { limits }) => ({ holds: largestSet(limits) }),
    resolve: (_root, { input: { name } }, context) =>
      changeBy(context, async () => context.labelSets.delete(name)),
  }),
);
