import { stratifiedFolds } from '../evaluation/folds.ts';
import { bestTemperature } from '../evaluation/temperature.ts';
import { type DescentSettings, descend } from './descent.ts';
import type { ProbeProblem } from './probe-problem.ts';

const FOLDS = 3;
/** Pictures' worth of evidence for a temperature of 1, so that a few pictures move it little. */
const PRIOR = 10;

/**
 * The temperature under which probes that were trained without a fold of the examples predict that fold best. It is
 * drawn towards 1, the fewer examples there are the more.
 */
export function calibrate(
  problem: ProbeProblem,
  texts: readonly (Float32Array | undefined)[],
  settings: DescentSettings,
): number {
  const { classes, targets, textCosines, gram } = problem;
  const folds = stratifiedFolds(targets, FOLDS);
  const logits: number[][] = [];
  const judged: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const members = positions(folds, (one) => one !== fold);
    const heldOut = positions(folds, (one) => one === fold);
    if (members.length === 0) continue;
    const { alpha, coefficients } = descend(problem, members, settings);
    const products = new Float64Array(coefficients.length);
    gram.multiply(coefficients, members, heldOut, products);
    // A class without text and without a picture among the members is unknown to this probe.
    const known = positions(texts, (text, k) => text !== undefined || taught(problem, members, k));
    for (const i of heldOut) {
      const target = known.indexOf(targets[i]!);
      if (target < 0) continue;
      const row = i * classes;
      logits.push(known.map((k) => products[row + k]! + alpha[k]! * textCosines[row + k]!));
      judged.push(target);
    }
  }
  return judged.length === 0 ? 1 : bestTemperature(logits, judged, { prior: PRIOR });
}

const taught = ({ targets }: ProbeProblem, members: readonly number[], k: number): boolean =>
  members.some((i) => targets[i] === k);

const positions = <Item>(
  items: readonly Item[],
  isChosen: (item: Item, position: number) => boolean,
): number[] => items.flatMap((item, i) => (isChosen(item, i) ? [i] : []));
