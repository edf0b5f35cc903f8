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
export function assess(scored: ScoredImages): Assessment {
  const answers = answersOf(scored);
  const truths = scored.truths;
  const predictions = answers.map(({ predicted }) => predicted);
  const matrix = confusionMatrix(scored.logits[0]!.length, truths, predictions);
  const { accuracy, balancedAccuracy, classes } = confusionFigures(matrix)!;
  return {
    accuracy,
    balancedAccuracy,
    classes,
    confusionMatrix: matrix.map((row) => [...row]),
    confusions: confusions(matrix),
    calibration: calibrationOf(scored, answers),
    coverage: coverageCurve(certaintyOf(answers)),
    mistakes: mistakesOf(answers),
  };
}

/** What the logits of a picture say. */
interface Answer {
  readonly truth: number;
  readonly predicted: number;
  /** Of the predicted class. */
  readonly probability: number;
  readonly truthProbability: number;
  /** −ln of the true class's probability. */
  readonly loss: number;
}

const answersOf = ({ logits, truths }: ScoredImages): readonly Answer[] =>
  logits.map((row, i) => answerOf(row, truths[i]!));

function answerOf(logits: Float64Array, truth: number): Answer {
  const predicted = highest(logits);
  const top = logits[predicted]!;
  const weights = logits.map((logit) => Math.exp(logit - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    truth,
    predicted,
    probability: weights[predicted]! / sum,
    truthProbability: weights[truth]! / sum,
    loss: top + Math.log(sum) - logits[truth]!,
  };
}

/** The class of the highest logit; of equals the first, as `classify` has it. */
export function highest(logits: Float64Array): number {
  let best = 0;
  for (let k = 1; k < logits.length; k++) if (logits[k]! > logits[best]!) best = k;
  return best;
}

const certaintyOf = (answers: readonly Answer[]) => ({
  confidences: answers.map(({ probability }) => probability),
  correct: answers.map(({ predicted, truth }) => predicted === truth),
});

function mistakesOf(answers: readonly Answer[]): readonly Mistake[] {
  return answers
    .flatMap(({ loss, ...answer }, image): Mistake[] =>
      answer.predicted === answer.truth ? [] : [{ image, ...answer }],
    )
    .sort((a, b) => b.probability - a.probability || a.truthProbability - b.truthProbability)
    .slice(0, MOST_MISTAKES);
}

function calibrationOf(scored: ScoredImages, answers: readonly Answer[]): Calibration {
  const { logits, truths } = scored;
  return {
    before: calibrationFigures(answers),
    temperature: bestTemperature(logits, truths, { prior: PRIOR }),
    after: logits.length < 2 ? undefined : calibrationFigures(answersOf(temperedByFolds(scored))),
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

function calibrationFigures(answers: readonly Answer[]): CalibrationFigures {
  return {
    ...reliability(certaintyOf(answers))!,
    negativeLogLikelihood: answers.reduce((sum, { loss }) => sum + loss, 0) / answers.length,
  };
}
