import type { ClassifyMode } from '@clipql/core';
import type { Classifier } from '../../classifiers/classifier.ts';
import { ApiError } from '../../errors/api-error.ts';
import { describeModel, findModel } from '../../jobs/lease-space.ts';
import { cutWarning } from '../../loaders/cut-texts.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import { modelHash } from '../../models/model-hash.ts';
import { chooseModel, type ModelChoice } from '../choose-model.ts';
import type { Question } from '../classify.ts';
import type { Context } from '../context.ts';

/** Who is asked, and what. */
export interface Asked {
  readonly session: ModelSession;
  readonly question: Question;
}

type Served = Pick<Context, 'models' | 'use'>;

/**
 * What a classifier is asked, and the model that it was taught with.
 *
 * @param choice may name the classifier's model, and no other.
 * @throws ApiError UNKNOWN_CLASSIFIER; CLASSIFIER_MODEL_MISMATCH where its model is not served, or is not
 *   the one that was chosen; BAD_INPUT for a mode that pictures have not taught; what training throws.
 */
export async function askClassifier(
  { classifiers, ...served }: Served & Pick<Context, 'classifiers'>,
  name: string,
  { mode, ...choice }: ModelChoice & { readonly mode?: ClassifyMode | null | undefined },
): Promise<Asked> {
  const classifier = await classifiers.find(name);
  const session = await sessionOfClassifier(served, classifier, choice);
  const { directions, probe } = await classifiers.teach(classifier);
  if (probe !== undefined && mode != null && mode !== 'softmax') {
    throw new ApiError(
      'BAD_INPUT',
      `expected mode softmax, as ${classifier.name} has learned from pictures, got ${mode}`,
    );
  }
  const labels = classifier.classes.map(({ label }) => label);
  const cut = [...labels.keys()].filter((i) => classifier.classes[i]!.isCut);
  const { contextLength } = session.model.clip.info;
  const warnings = cut.map((i) => cutWarning('label', labels[i]!, contextLength));
  const encoded = { embeddings: directions, cut, warnings, textEncoding: 0 };
  return {
    session,
    question: { labels, mode: mode ?? undefined, probe, encodeLabels: async () => encoded },
  };
}

/**
 * The model that a classifier was taught with.
 *
 * @throws ApiError CLASSIFIER_MODEL_MISMATCH.
 */
export async function sessionOfClassifier(
  served: Served,
  { name, space }: Classifier,
  choice: ModelChoice = {},
): Promise<ModelSession> {
  const mismatch = (got: string) => {
    const expected = `expected ${describeModel(space.model, space.hash)}, with which ${name} was taught`;
    return new ApiError('CLASSIFIER_MODEL_MISMATCH', `${expected}, got ${got}`);
  };
  if (choice.model == null && choice.precision == null) {
    const found = await findModel(served.models, space);
    if ('name' in found) return served.use(found.name);
    throw mismatch(found.served);
  }
  const session = await chooseModel(served, choice);
  const hash = await modelHash(session.model);
  if (hash === space.hash) return session;
  throw mismatch(describeModel(session.model.clip.info.name, hash));
}
