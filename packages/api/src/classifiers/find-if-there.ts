import { undefinedFor } from '../errors/undefined-for.ts';
import type { Classifier } from './classifier.ts';
import type { Classifiers } from './classifiers.ts';

/** A classifier that may not be there. */
export const findIfThere = (
  classifiers: Pick<Classifiers, 'find'>,
  name: string,
): Promise<Classifier | undefined> => undefinedFor('UNKNOWN_CLASSIFIER', classifiers.find(name));
