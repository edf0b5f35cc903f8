import { stratifiedFolds } from '../evaluation/folds.ts';
import { bestTemperature } from '../evaluation/temperature.ts';
import { coordinatesOf } from './coordinates.ts';
import { descend, type ProbePrior, type TrainedProbe } from './descent.ts';
import { product } from './matrix.ts';
import { type ProbeProblem, withExamples } from './probe-problem.ts';

const FOLDS = 3;
/** Of more examples an evenly spread part is taken, so that this never takes longer than the training itself. */
const MOST_EXAMPLES = 1000;
/** Of the loss of an example: coarser than for the probe itself, as only a few numbers come of it. */
const TOLERANCE = 1e-3;
/** Pictures' worth of evidence for a temperature of 1, so that a few pictures move it little. */
const TEMPERATURE_PRIOR = 10;

/** What the examples say of how a probe is to be trained and read. */
export interface ProbeChoice {
  readonly prior: ProbePrior;
  readonly temperature: number;
}

/** What probes say of an example that they were not trained on. */
interface HeldOut {
  /** For each class that the probe knows. */
  readonly logits: readonly number[];
  /** Position of the right class among them. */
  readonly target: number;
  /** −ln of the right class's probability among those that the probe saw examples of; undefined if it is not one. */
  readonly loss: number | undefined;
}

/**
 * Chooses the prior by 3-fold cross-validation: the strongest whose loss on held-out examples is within a standard error
 * of the least. So learning departs from the texts only as far as the pictures prove. Without two examples of any class
 * they prove nothing, and the first is taken. The temperature is the one that makes the chosen prior's held-out
 * probabilities fit, drawn towards 1, the fewer examples there are the more.
 *
 * @param hasText [K]: a class without text is unknown to a probe that saw none of its examples.
 * @param priors from the strongest to the weakest.
 */
export function chooseByFolds(
  problem: ProbeProblem,
  hasText: readonly boolean[],
  priors: readonly ProbePrior[],
): ProbeChoice {
  const byPrior = heldOutByPrior(spreadPart(problem), hasText, priors);
  const losses = byPrior.map((heldOut) => heldOut.flatMap(({ loss }) => loss ?? []));
  const chosen = strongestNearBest(losses);
  const prior = priors[chosen]!;
  const heldOut = byPrior[chosen]!;
  if (heldOut.length === 0) return { prior, temperature: 1 };
  const temperature = bestTemperature(
    heldOut.map(({ logits }) => logits),
    heldOut.map(({ target }) => target),
    { prior: TEMPERATURE_PRIOR },
  );
  return { prior, temperature };
}

function spreadPart(problem: ProbeProblem): ProbeProblem {
  const parts = Math.ceil(problem.targets.length / MOST_EXAMPLES);
  if (parts < 2) return problem;
  const partOf = stratifiedFolds(problem.targets, parts);
  return withExamples(
    problem,
    positions(partOf, (part) => part === 0),
  );
}

/** @returns [priors][examples that could be judged] */
function heldOutByPrior(
  problem: ProbeProblem,
  hasText: readonly boolean[],
  priors: readonly ProbePrior[],
): readonly (readonly HeldOut[])[] {
  const folds = stratifiedFolds(problem.targets, FOLDS);
  const judged: HeldOut[][] = priors.map(() => []);
  for (let fold = 0; fold < FOLDS; fold++) {
    const training = withExamples(
      problem,
      positions(folds, (one) => one !== fold),
    );
    const heldOut = withExamples(
      problem,
      positions(folds, (one) => one === fold),
    );
    if (training.targets.length === 0) continue;
    const coordinates = coordinatesOf(training.features, training.width);
    for (const [p, prior] of priors.entries()) {
      const tolerance = TOLERANCE * training.targets.length;
      const trained = descend(training, prior, tolerance, coordinates);
      judged[p]!.push(...judge(training, heldOut, hasText, trained));
    }
  }
  return judged;
}

function judge(
  training: ProbeProblem,
  heldOut: ProbeProblem,
  hasText: readonly boolean[],
  { alpha, weights }: TrainedProbe,
): readonly HeldOut[] {
  const { classes, width, targets, features, textCosines } = heldOut;
  const projections = product(features, weights, width, classes);
  const seen = new Set(training.targets);
  const known = positions(hasText, (text, k) => text || seen.has(k));
  const judged: HeldOut[] = [];
  for (const [i, target] of targets.entries()) {
    if (!known.includes(target)) continue;
    const row = i * classes;
    const logit = (k: number) => projections[row + k]! + alpha[k]! * textCosines[row + k]!;
    judged.push({
      logits: known.map(logit),
      target: known.indexOf(target),
      loss: seen.has(target) ? lossOf([...seen].map(logit), logit(target)) : undefined,
    });
  }
  return judged;
}

function lossOf(logits: readonly number[], right: number): number {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0)) + top - right;
}

/**
 * The one-standard-error rule (Breiman et al. 1984, Classification and Regression Trees, section 3.4.3), with the error
 * of the difference to the best, example by example.
 *
 * @param losses [candidates][examples]
 */
function strongestNearBest(losses: readonly (readonly number[])[]): number {
  const means = losses.map(mean);
  const best = losses[means.indexOf(Math.min(...means))];
  if (best === undefined) return 0;
  return losses.findIndex((candidate) => {
    const differences = candidate.map((loss, i) => loss - best[i]!);
    const average = mean(differences);
    const variance = mean(differences.map((value) => (value - average) ** 2));
    return average <= Math.sqrt(variance / differences.length);
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const positions = <Item>(
  items: readonly Item[],
  isChosen: (item: Item, position: number) => boolean,
): number[] => items.flatMap((item, i) => (isChosen(item, i) ? [i] : []));
