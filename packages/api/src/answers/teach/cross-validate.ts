import type { Classifier } from '../../classifiers/classifier.ts';
import { checkValidated } from '../../limits/classifiers.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import { computeInThread } from '../compute-in-thread.ts';
import type { Context } from '../context.ts';
import { inTurn } from '../in-turn.ts';
import { sessionOfClassifier } from './classifier-question.ts';
import type { CrossValidation, ExampleMistake } from './compute-cross-validation.ts';

/** Up to so many pictures are left out one by one; more would take seconds. */
const FEW_PICTURES = 40;
const FOLDS = 5;

const SCRIPT = moduleBeside(import.meta.url, 'cross-validation-worker');

/** As the thread has computed it, with the hashes of the pictures. */
export interface ValidatedClassifier extends Omit<CrossValidation, 'mistakes'> {
  readonly labels: readonly string[];
  readonly images: number;
  readonly mistakes: readonly (ExampleMistake & { readonly contentHash: string })[];
}

/**
 * How good a classifier is, judged by its own pictures: each by a classifier that has learned from the others.
 *
 * @returns undefined without pictures.
 * @throws ApiError TOO_MANY_EXAMPLES, OVERLOADED when too many evaluations wait; CLASSIFIER_MODEL_MISMATCH; the reason
 *   for which the operation ended.
 */
export async function crossValidate(
  context: Pick<Context, 'classifiers' | 'models' | 'use'>,
  classifier: Classifier,
): Promise<ValidatedClassifier | undefined> {
  const session = await sessionOfClassifier(context, classifier);
  const { signal } = session.loaders;
  const known = classifier.classes.reduce((sum, { examples }) => sum + examples, 0);
  if (known === 0) return undefined;
  checkValidated(known, classifier.classes.length);
  return inTurn(signal, () => validate(context, classifier, signal));
}

async function validate(
  { classifiers }: Pick<Context, 'classifiers'>,
  classifier: Classifier,
  signal: AbortSignal,
): Promise<ValidatedClassifier | undefined> {
  const { texts, examples } = await classifiers.trainingSet(classifier);
  // Others may have come, or gone, since the classifier was found.
  const images = examples.classes.length;
  if (images === 0) return undefined;
  const training = { texts, examples, logitScale: classifier.logitScale };
  const request = { training, folds: images <= FEW_PICTURES ? images : FOLDS };
  const { mistakes, ...figures } = await computeInThread<typeof request, CrossValidation>(
    SCRIPT,
    request,
    [],
    signal,
  );
  return {
    ...figures,
    images,
    labels: classifier.classes.map(({ label }) => label),
    mistakes: mistakes.map((one) => ({
      ...one,
      contentHash: examples.contentHashes[one.example]!,
    })),
  };
}
