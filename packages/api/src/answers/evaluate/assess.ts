import {
  bestTemperature,
  confusionFigures,
  confusionMatrix,
  confusions,
  coverageCurve,
  reliability,
  stratifiedFolds,
} from '@clipql/core';
import type { Assessment, Calibration, CalibrationFigures, Mistake } from './evaluation.ts';

/** Logits of pictures whose classes are known. */
export interface ScoredImages {
  /** [N][K]. */
  readonly logits: readonly Float64Array[];
  /** [N]. */
  readonly truths: readonly number[];
}

/** Those that are kept. */
const MOST_MISTAKES = 100;
/** Folds that temperatures are judged by. */
const FOLDS = 5;
/** As if so many more pictures said that the probabilities are right: all right answers would ask for certainty. */
const PRIOR = 1;

/** @param scored of at least one picture. */
export function assess({ logits, truths }: ScoredImages): Assessment {
  const answers = logits.map(answerOf);
  const predictions = answers.map(({ predicted }) => predicted);
  const matrix = confusionMatrix(logits[0]!.length, truths, predictions);
  const { accuracy, balancedAccuracy, classes } = confusionFigures(matrix)!;
  const confidences = answers.map(({ probability }) => probability);
  const correct = predictions.map((predicted, i) => predicted === truths[i]);
  return {
    accuracy,
    balancedAccuracy,
    classes,
    confusionMatrix: matrix.map((row) => [...row]),
    confusions: confusions(matrix),
    calibration: calibrationOf({ logits, truths }),
    coverage: coverageCurve({ confidences, correct }),
    mistakes: mistakesOf(answers, { logits, truths }),
  };
}

interface Answer {
  readonly predicted: number;
  readonly probability: number;
  readonly probabilities: Float64Array;
}

/** The class of the highest logit; of equals the first, as `classify` has it. */
export function highest(logits: Float64Array): number {
  let best = 0;
  for (let k = 1; k < logits.length; k++) if (logits[k]! > logits[best]!) best = k;
  return best;
}

function answerOf(logits: Float64Array): Answer {
  const probabilities = softmax(logits);
  const predicted = highest(logits);
  return { predicted, probability: probabilities[predicted]!, probabilities };
}

function softmax(logits: Float64Array): Float64Array {
  const top = logits[highest(logits)]!;
  const weights = logits.map((logit) => Math.exp(logit - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function mistakesOf(answers: readonly Answer[], { truths }: ScoredImages): readonly Mistake[] {
  return answers
    .flatMap(({ predicted, probability, probabilities }, image): Mistake[] => {
      const truth = truths[image]!;
      const truthProbability = probabilities[truth]!;
      return predicted === truth
        ? []
        : [{ image, truth, predicted, probability, truthProbability }];
    })
    .sort((a, b) => b.probability - a.probability || a.truthProbability - b.truthProbability)
    .slice(0, MOST_MISTAKES);
}

function calibrationOf(scored: ScoredImages): Calibration {
  const { logits, truths } = scored;
  return {
    before: calibrationFigures(scored),
    temperature: bestTemperature(logits, truths, { prior: PRIOR }),
    after: logits.length < 2 ? undefined : calibrationFigures(temperedByFolds(scored)),
  };
}

/** Each picture's logits over the temperature that the other folds ask for. */
function temperedByFolds({ logits, truths }: ScoredImages): ScoredImages {
  const foldOf = stratifiedFolds(truths, FOLDS);
  const temperatures = Array.from({ length: FOLDS }, (_, fold) => {
    const others = [...truths.keys()].filter((i) => foldOf[i] !== fold);
    return bestTemperature(
      others.map((i) => logits[i]!),
      others.map((i) => truths[i]!),
      { prior: PRIOR },
    );
  });
  return {
    logits: logits.map((row, i) => row.map((logit) => logit / temperatures[foldOf[i]!]!)),
    truths,
  };
}

function calibrationFigures({ logits, truths }: ScoredImages): CalibrationFigures {
  const answers = logits.map(answerOf);
  const confidences = answers.map(({ probability }) => probability);
  const correct = answers.map(({ predicted }, i) => predicted === truths[i]);
  const losses = logits.map((row, i) => logSumExp(row) - row[truths[i]!]!);
  return {
    ...reliability({ confidences, correct })!,
    negativeLogLikelihood: losses.reduce((a, b) => a + b, 0) / losses.length,
  };
}

function logSumExp(logits: Float64Array): number {
  const top = logits[highest(logits)]!;
  return top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}
