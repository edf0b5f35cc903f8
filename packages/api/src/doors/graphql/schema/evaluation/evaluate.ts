import { DEFAULT_TEMPLATES } from '@clipql/core';
import { CANDIDATE_TEMPLATES } from '../../../../answers/evaluate/candidate-templates.ts';
import { classOf, type EvaluatedClass } from '../../../../answers/evaluate/encode-classes.ts';
import { evaluateCollection } from '../../../../answers/evaluate/evaluate-collection.ts';
import { grouped } from '../../../../errors/grouped.ts';
import { SCANS } from '../../../../limits/collections.ts';
import {
  checkClassValues,
  MAX_CLASS_CHARACTERS,
  MAX_EVALUATED_CLASSES,
  MAX_EVALUATED_ITEMS,
  MAX_FOLDS,
  MAX_SHOTS,
  MAX_TAUGHT_CLASSES,
} from '../../../../limits/evaluation.ts';
import type { Limits } from '../../../../limits/limits.ts';
import { type Price, textAmount } from '../../prices/price.ts';
import { builder } from '../builder.ts';
import { countPrompts } from '../classify-price.ts';
import { filterOf, ItemFilter } from '../collections/item-filter.ts';
import { sessionOf } from '../collections/session-of.ts';
import { TEMPLATE_CHOICE, templatesOf } from '../template-args.ts';
import { Evaluation } from './evaluation.ts';

const EvaluatedClassInput = builder.inputType('EvaluatedClassInput', {
  description: 'A class of pictures.',
  fields: (t) => ({
    value: t.string({ required: true, description: 'As the column has it.' }),
    texts: t.stringList({
      description:
        'What it is called; several are averaged. Default: the value, with spaces for underscores.',
    }),
  }),
});

const EvaluateInput = builder.inputType('EvaluateInput', {
  description: 'What to measure, and on what.',
  fields: (t) => ({
    collection: t.string({
      required: true,
      description: `Name of the collection; at most ${grouped(MAX_EVALUATED_ITEMS)} items are measured.`,
    }),
    column: t.string({
      required: true,
      description: 'The metadata field that has the class of each item.',
    }),
    classes: t.field({
      type: [EvaluatedClassInput],
      description: `The classes, at most ${MAX_EVALUATED_CLASSES}. Default: all values of the column. One that no item has is another answer to choose from.`,
    }),
    where: t.field({ type: ItemFilter, description: 'Only items that pass.' }),
    templates: t.stringList(TEMPLATE_CHOICE.templates),
    preset: t.field(TEMPLATE_CHOICE.preset),
    compareTemplates: t.boolean({
      description: `Whether ${CANDIDATE_TEMPLATES.length} other templates are tried as well. Default: false.`,
    }),
    by: t.stringList({ description: 'Metadata fields to break figures down by.' }),
    shots: t.intList({
      description: `Pictures of each class to learn from, from 1 to ${MAX_SHOTS}, with at most ${MAX_TAUGHT_CLASSES} classes; none for zero-shot alone. Default: [${MAX_SHOTS}].`,
    }),
    folds: t.int({
      description: `Folds of cross-validation, from 2 to ${MAX_FOLDS}. Default: 5; with at most 40 pictures, each is left out by itself.`,
    }),
  }),
});

type Input = typeof EvaluateInput.$inferInput;

const classesOf = ({ classes }: Input): readonly EvaluatedClass[] | undefined =>
  classes?.map(({ value, texts }) =>
    texts == null || texts.length === 0 ? classOf(value) : { value, texts },
  );

const templatesIn = (input: Input): readonly string[] => {
  const own = templatesOf(input) ?? DEFAULT_TEMPLATES;
  return [...new Set([...own, ...(input.compareTemplates ? CANDIDATE_TEMPLATES : [])])];
};

/** Which classes a column has is known once its items are read: as many and as long as there may be, then. */
function unknownTexts(templates: number, { maxLabels, maxPrompts, maxTextLength }: Limits) {
  const count = Math.min(MAX_EVALUATED_CLASSES, maxLabels, Math.floor(maxPrompts / templates));
  const text = 'x'.repeat(Math.min(MAX_CLASS_CHARACTERS, maxTextLength));
  return Array<string>(Math.max(1, count)).fill(text);
}

function priceOf(input: Input, limits: Limits): Price {
  const classes = classesOf(input);
  if (classes !== undefined) checkClassValues(classes.map(({ value }) => value));
  const templates = templatesIn(input);
  const texts = classes?.flatMap((one) => one.texts) ?? unknownTexts(templates.length, limits);
  return {
    ...countPrompts(texts, templates, limits),
    scans: SCANS.evaluate,
    holds: {
      classes: classes?.length ?? MAX_EVALUATED_CLASSES,
      templates: textAmount(templatesOf(input) ?? DEFAULT_TEMPLATES),
    },
  };
}

builder.queryField('evaluate', (t) =>
  t.field({
    type: Evaluation,
    nullable: true,
    description:
      'Measures how good the answers are, on a collection whose metadata says what its items show. No image is read.',
    args: {
      input: t.arg({ type: EvaluateInput, required: true, description: 'What to measure.' }),
    },
    price: ({ input }, { limits }) => priceOf(input, limits),
    resolve: async (_root, { input }, context) => {
      const collection = await context.collections.find(context.owner, input.collection);
      const session = await sessionOf(context, collection);
      const evaluation = await evaluateCollection(context.collections, session, collection, {
        column: input.column,
        by: input.by ?? [],
        where: input.where ? filterOf(input.where) : undefined,
        classes: classesOf(input),
        templates: templatesOf(input),
        compareTemplates: input.compareTemplates ?? false,
        shots: [...new Set(input.shots ?? [MAX_SHOTS])].sort((a, b) => a - b),
        folds: input.folds ?? undefined,
      });
      return { part: undefined, evaluation, collection };
    },
  }),
);
