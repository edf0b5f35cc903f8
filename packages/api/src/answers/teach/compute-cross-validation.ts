import {
  confusionFigures,
  confusionMatrix,
  type Figures,
  type LinearProbe,
  probeProbabilities,
  stratifiedFolds,
  trainLinearProbe,
} from '@clipql/core';
import type { TrainingRequest } from '../../classifiers/training/trainer.ts';

/** What a classifier's own pictures say of it: each was judged by one that had not learned from it. */
export interface CrossValidation extends Figures {
  /** As many as pictures for leave-one-out. */
  readonly folds: number;
  readonly isLeaveOneOut: boolean;
  /** [K][K]: a row for each true class, a column for each class that it was taken for. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** The surest of the wrong answers first. */
  readonly mistakes: readonly ExampleMistake[];
}

/** A picture that was taken for another class. Classes and pictures are given by their places, from 0. */
export interface ExampleMistake {
  readonly example: number;
  readonly truth: number;
  readonly predicted: number;
  /** Of the class that it was taken for. */
  readonly probability: number;
  /** Of the true class; 0 where that has neither texts nor other pictures. */
  readonly truthProbability: number;
}

/**
 * Trains a classifier once for each fold, without the pictures of that fold, and asks it about those. Takes seconds: to be
 * called off the event loop.
 *
 * @param training of at least one picture.
 * @param folds at least 2; as many as pictures, or more, leave one out.
 */
export function computeCrossValidation(training: TrainingRequest, folds: number): CrossValidation {
  const { texts, examples } = training;
  const { classes, embeddings } = examples;
  const count = Math.min(folds, classes.length);
  const foldOf = stratifiedFolds(classes, Math.max(2, count));
  const answers = new Array<Float64Array>(classes.length);
  for (let fold = 0; fold < count; fold++) {
    const answer = answererWithout(training, (i) => foldOf[i] === fold);
    for (const i of classes.keys()) if (foldOf[i] === fold) answers[i] = answer(embeddings[i]!);
  }
  const predictions = answers.map(highest);
  const matrix = confusionMatrix(texts.length, classes, predictions);
  const mistakes = answers.flatMap((probabilities, example): ExampleMistake[] => {
    const [truth, predicted] = [classes[example]!, predictions[example]!];
    const probability = probabilities[predicted]!;
    const truthProbability = probabilities[truth]!;
    return truth === predicted
      ? []
      : [{ example, truth, predicted, probability, truthProbability }];
  });
  return {
    folds: count,
    isLeaveOneOut: count === classes.length,
    ...confusionFigures(matrix)!,
    confusionMatrix: matrix.map((row) => [...row]),
    mistakes: mistakes.sort((a, b) => b.probability - a.probability),
  };
}

/** Probabilities of all classes; 0 for one that is known by nothing but pictures that are left out. */
function answererWithout(
  { texts, examples, logitScale }: TrainingRequest,
  isLeftOut: (example: number) => boolean,
): (image: Float32Array) => Float64Array {
  const kept = [...examples.classes.keys()].filter((i) => !isLeftOut(i));
  const seen = new Set(kept.map((i) => examples.classes[i]!));
  const known = [...texts.keys()].filter((k) => texts[k] !== undefined || seen.has(k));
  const placeOf = new Map(known.map((k, place) => [k, place]));
  const probe: LinearProbe | undefined =
    known.length < 2
      ? undefined
      : trainLinearProbe({
          texts: known.map((k) => texts[k]),
          examples: {
            embeddings: kept.map((i) => examples.embeddings[i]!),
            classes: kept.map((i) => placeOf.get(examples.classes[i]!)!),
          },
          logitScale,
        });
  return (image) => {
    // One that is known alone is the only answer there is.
    const probabilities = probe === undefined ? [1] : probeProbabilities(probe, image);
    const all = new Float64Array(texts.length);
    for (const [place, k] of known.entries()) all[k] = probabilities[place]!;
    return all;
  };
}

/** Of equals the first, as `classify` has it. */
const highest = (values: Float64Array): number => values.indexOf(Math.max(...values));
