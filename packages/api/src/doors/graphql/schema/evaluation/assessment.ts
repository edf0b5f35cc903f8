import type { Confusion as CoreConfusion } from '@clipql/core';
import type { CollectionEvaluation } from '../../../../answers/evaluate/evaluate-collection.ts';
import type {
  Assessment as Assessed,
  Mistake as Mistaken,
} from '../../../../answers/evaluate/evaluation.ts';
import type { Collection } from '../../../../collections/collection.ts';
import { checkListed } from '../../../../limits/evaluation.ts';
import { builder } from '../builder.ts';
import { Item } from '../collections/item.ts';
import { Calibration, CoveragePoint } from './calibration.ts';
import { ClassFigures, ConfusionRow, FIRST, listPrice, NAMES } from './class-figures.ts';
import { Estimate } from './estimate.ts';

/** A part of an evaluation, and the whole that it is of. */
export interface Of<Part> {
  readonly part: Part;
  readonly evaluation: CollectionEvaluation;
  readonly collection: Collection;
}

export const partOf = <Part>({ evaluation, collection }: Of<unknown>, part: Part): Of<Part> => ({
  part,
  evaluation,
  collection,
});

const classValue = ({ evaluation }: Of<unknown>, k: number): string => evaluation.classes[k]!.value;

const Confusion = builder.objectRef<Of<CoreConfusion>>('Confusion').implement({
  description: 'How often pictures of one class were taken for another.',
  fields: (t) => ({
    truth: t.string({
      description: 'What they show.',
      price: NAMES,
      resolve: (of) => classValue(of, of.part.truth),
    }),
    predicted: t.string({
      description: 'What they were taken for.',
      price: NAMES,
      resolve: (of) => classValue(of, of.part.predicted),
    }),
    count: t.int({ description: 'How many.', resolve: ({ part }) => part.count }),
    share: t.float({
      description: 'Share of the true class’s pictures.',
      resolve: ({ part }) => part.share,
    }),
  }),
});

const Mistake = builder.objectRef<Of<Mistaken>>('Mistake').implement({
  description: 'A wrong answer.',
  fields: (t) => ({
    item: t.field({
      type: Item,
      description: 'The picture.',
      resolve: ({ part, evaluation, collection }) => ({
        collection,
        item: evaluation.items[part.image]!,
      }),
    }),
    truth: t.string({
      description: 'What it shows.',
      price: NAMES,
      resolve: (of) => classValue(of, of.part.truth),
    }),
    predicted: t.string({
      description: 'What it was taken for.',
      price: NAMES,
      resolve: (of) => classValue(of, of.part.predicted),
    }),
    probability: t.float({
      description: 'Probability of what it was taken for.',
      resolve: ({ part }) => part.probability,
    }),
    truthProbability: t.float({
      description: 'Probability of what it shows.',
      resolve: ({ part }) => part.truthProbability,
    }),
  }),
});

export const Assessment = builder.objectRef<Of<Assessed>>('Assessment').implement({
  description: 'How good a classifier is on labelled pictures.',
  fields: (t) => ({
    accuracy: t.field({
      type: Estimate,
      description: 'How often the best label is right; Wilson’s interval.',
      resolve: ({ part }) => part.accuracy,
    }),
    balancedAccuracy: t.field({
      type: Estimate,
      description: 'Mean recall of the classes: small ones count as much as large ones.',
      resolve: ({ part }) => part.balancedAccuracy,
    }),
    classes: t.field({
      type: [ClassFigures],
      description: 'Recall and precision of each class.',
      price: (_args, { within }) => ({ length: within.classes ?? 0 }),
      resolve: (of) =>
        of.part.classes.map((figures, k) => ({ ...figures, value: classValue(of, k) })),
    }),
    confusionMatrix: t.field({
      type: [ConfusionRow],
      description: 'A row for each class.',
      price: (_args, { within }) => ({ length: within.classes ?? 0 }),
      resolve: (of) =>
        of.part.confusionMatrix.map((counts, k) => ({ truth: classValue(of, k), counts })),
    }),
    confusions: t.field({
      type: [Confusion],
      description: 'What is confused with what, the most frequent first.',
      args: { first: t.arg.int({ defaultValue: 20, description: FIRST }) },
      price: listPrice,
      resolve: (of, { first }) =>
        of.part.confusions.slice(0, checkListed(first)).map((one) => partOf(of, one)),
    }),
    calibration: t.field({
      type: Calibration,
      description: 'Whether probabilities are what they claim to be.',
      resolve: ({ part }) => part.calibration,
    }),
    coverage: t.field({
      type: [CoveragePoint],
      description: 'What `rejectBelow` would bring, from all answers to the surest alone.',
      price: { length: 21 },
      resolve: ({ part }) => [...part.coverage],
    }),
    mistakes: t.field({
      type: [Mistake],
      description: 'Wrong answers, the surest first.',
      args: { first: t.arg.int({ defaultValue: 20, description: FIRST }) },
      price: listPrice,
      resolve: (of, { first }) =>
        of.part.mistakes.slice(0, checkListed(first)).map((one) => partOf(of, one)),
    }),
  }),
});
