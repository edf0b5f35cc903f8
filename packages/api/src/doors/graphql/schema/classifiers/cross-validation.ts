import {
  crossValidate,
  type ValidatedClassifier,
} from '../../../../answers/teach/cross-validate.ts';
import { MAX_CLASSES } from '../../../../limits/classifiers.ts';
import { SCANS } from '../../../../limits/collections.ts';
import { checkListed } from '../../../../limits/evaluation.ts';
import { builder } from '../builder.ts';
import {
  ClassFigures,
  ConfusionRow,
  FIRST,
  listPrice,
  NAMES,
} from '../evaluation/class-figures.ts';
import { Estimate } from '../evaluation/estimate.ts';
import { Classifier } from './classifier.ts';

interface Mistake {
  readonly contentHash: string;
  readonly truth: string;
  readonly predicted: string;
  readonly probability: number;
  readonly truthProbability: number;
}

const ExampleMistake = builder.objectRef<Mistake>('ExampleMistake').implement({
  description: 'A picture of a classifier that it would take for another class.',
  fields: (t) => ({
    contentHash: t.exposeString('contentHash', {
      description: 'SHA-256 of the image file, in hexadecimal, as `examples` has it.',
    }),
    truth: t.exposeString('truth', { description: 'The label of its class.', price: NAMES }),
    predicted: t.exposeString('predicted', {
      description: 'What it was taken for.',
      price: NAMES,
    }),
    probability: t.exposeFloat('probability', {
      description: 'Probability of what it was taken for.',
    }),
    truthProbability: t.exposeFloat('truthProbability', {
      description: 'Probability of its class.',
    }),
  }),
});

const CrossValidation = builder.objectRef<ValidatedClassifier>('CrossValidation').implement({
  description:
    'How good a classifier is, judged by its own pictures: each by a classifier that has learned from the others.',
  fields: (t) => ({
    images: t.exposeInt('images', { description: 'Pictures that were judged.' }),
    folds: t.exposeInt('folds', {
      description: 'Parts that the pictures were judged in: as many as pictures for leave-one-out.',
    }),
    isLeaveOneOut: t.exposeBoolean('isLeaveOneOut', {
      description: 'Whether each picture was left out by itself, as up to 40 are.',
    }),
    accuracy: t.expose('accuracy', {
      type: Estimate,
      description: 'How often the best label is right; Wilson’s interval.',
    }),
    balancedAccuracy: t.expose('balancedAccuracy', {
      type: Estimate,
      description: 'Mean recall of the classes that have pictures.',
    }),
    classes: t.field({
      type: [ClassFigures],
      description: 'Recall and precision of each class.',
      price: { length: MAX_CLASSES },
      resolve: ({ classes, labels }) =>
        classes.map((figures, k) => ({ ...figures, value: labels[k]! })),
    }),
    confusionMatrix: t.field({
      type: [ConfusionRow],
      description: 'A row for each class.',
      price: { length: MAX_CLASSES },
      resolve: ({ confusionMatrix, labels }) =>
        confusionMatrix.map((counts, k) => ({ truth: labels[k]!, counts })),
    }),
    mistakes: t.field({
      type: [ExampleMistake],
      description: 'Wrong answers, the surest first.',
      args: { first: t.arg.int({ defaultValue: 20, description: FIRST }) },
      price: listPrice,
      resolve: ({ mistakes, labels }, { first }) =>
        mistakes.slice(0, checkListed(first)).map((one) => ({
          ...one,
          truth: labels[one.truth]!,
          predicted: labels[one.predicted]!,
        })),
    }),
  }),
});

builder.objectField(Classifier, 'crossValidation', (t) =>
  t.field({
    type: CrossValidation,
    nullable: true,
    description:
      'How good it is, judged by its own pictures. With at most 40 each is left out by itself, else in 5 folds. At most 5,000 pictures times classes. Null without pictures.',
    price: { scans: SCANS.crossValidation, holds: { classes: MAX_CLASSES } },
    resolve: (classifier, _args, context) => crossValidate(context, classifier),
  }),
);
