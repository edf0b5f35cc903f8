import type { Classifier as Kept } from '../../../../classifiers/classifier.ts';
import type { Change } from '../change.ts';
import { Classifier } from './classifier.ts';

/** A payload's field `classifier`. */
export const TRAINED_CLASSIFIER = {
  type: Classifier,
  nullable: true as const,
  description: 'The classifier, as it is now, trained.',
  resolve: ({ done }: Change<{ readonly classifier: Kept }>) => done?.classifier,
};
