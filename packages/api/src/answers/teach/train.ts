import type { Classifier } from '../../classifiers/classifier.ts';
import type { Context } from '../context.ts';

/** @returns it, with the temperature that training found. @throws what training throws. */
export async function train(
  { classifiers }: Pick<Context, 'classifiers'>,
  classifier: Classifier,
): Promise<Classifier> {
  const { probe } = await classifiers.teach(classifier);
  return { ...classifier, temperature: probe?.temperature };
}
