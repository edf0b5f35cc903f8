import type { ReliabilityBin as CoreBin, CoveragePoint as CorePoint } from '@clipql/core';
import type {
  Calibration as Calibrated,
  CalibrationFigures as Calibrating,
} from '../../../../answers/evaluate/evaluation.ts';
import { builder } from '../builder.ts';
import { Estimate } from './estimate.ts';

export const CoveragePoint = builder.objectRef<CorePoint>('CoveragePoint').implement({
  description: 'What it would bring to reject unsure answers.',
  fields: (t) => ({
    rejectBelow: t.exposeFloat('rejectBelow', {
      description: 'Answers of a lower probability are rejected.',
    }),
    coverage: t.exposeFloat('coverage', {
      description: 'Share of pictures that still get an answer.',
    }),
    accuracy: t.expose('accuracy', { type: Estimate, description: 'Of these answers.' }),
  }),
});

const ReliabilityBin = builder.objectRef<CoreBin>('ReliabilityBin').implement({
  description: 'Answers whose probability lies between two bounds.',
  fields: (t) => ({
    from: t.exposeFloat('from', { description: 'Lower bound.' }),
    to: t.exposeFloat('to', { description: 'Upper bound.' }),
    count: t.exposeInt('count', { description: 'How many answers.' }),
    confidence: t.float({
      nullable: true,
      description: 'Their mean probability; null for none.',
      resolve: ({ confidence }) => confidence,
    }),
    accuracy: t.expose('accuracy', {
      type: Estimate,
      nullable: true,
      description: 'How often they are right; null for none.',
    }),
  }),
});

const CalibrationFigures = builder.objectRef<Calibrating>('CalibrationFigures').implement({
  description: 'How far probabilities are from how often answers are right.',
  fields: (t) => ({
    expectedError: t.exposeFloat('expectedError', {
      description: 'Expected calibration error, over 15 bins of equal width.',
    }),
    negativeLogLikelihood: t.exposeFloat('negativeLogLikelihood', {
      description: 'Mean negative log-likelihood of the true classes, in nats.',
    }),
    bins: t.field({
      type: [ReliabilityBin],
      description: 'A reliability diagram.',
      price: { length: 15 },
      resolve: ({ bins }) => [...bins],
    }),
  }),
});

export const Calibration = builder.objectRef<Calibrated>('Calibration').implement({
  description: 'Whether probabilities are what they claim to be.',
  fields: (t) => ({
    before: t.expose('before', { type: CalibrationFigures, description: 'As they are.' }),
    temperature: t.exposeFloat('temperature', {
      description: 'What logits are best divided by, found on all pictures.',
    }),
    after: t.expose('after', {
      type: CalibrationFigures,
      nullable: true,
      description:
        'With temperatures, each found on the other of 5 folds; null for a single picture.',
    }),
  }),
});
