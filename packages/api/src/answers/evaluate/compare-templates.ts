import { stratifiedFolds, wilsonInterval } from '@clipql/core';
import { highest } from './assess.ts';
import type { TemplateComparison, Trial } from './evaluation.ts';
import { type ClassPrompts, classEmbeddings, zeroShotLogits } from './zero-shot.ts';

interface Compared {
  readonly images: readonly Float32Array[];
  readonly truths: readonly number[];
  readonly prompts: readonly ClassPrompts[];
  readonly logitScale: number;
  /** The places of the templates asked for, and of the candidates. */
  readonly own: readonly number[];
  readonly candidates: readonly number[];
}

const FOLDS = 5;

/** Tries each candidate by itself and all of them together, next to the templates asked for. */
export function compareTemplates(compared: Compared): TemplateComparison {
  const { images, truths, own, candidates } = compared;
  const rightWith = (templates: readonly number[]) => rightAnswers(compared, templates);
  const ownRight = rightWith(own);
  const trials = candidates.map((template) => rightWith([template]));
  const ensemble = rightWith(candidates);
  return {
    images: images.length,
    own: share(ownRight),
    candidates: trials.map((right, template) => ({ template, ...trialOf(right, ownRight) })),
    ensemble: trialOf(ensemble, ownRight),
    chosenByFolds: images.length < 2 ? undefined : choose([ownRight, ensemble, ...trials], truths),
  };
}

function rightAnswers(
  { images, truths, prompts, logitScale }: Compared,
  templates: readonly number[],
): readonly boolean[] {
  const logits = zeroShotLogits(images, classEmbeddings(prompts, templates), logitScale);
  return logits.map((row, i) => highest(row) === truths[i]);
}

function trialOf(right: readonly boolean[], own: readonly boolean[]): Trial {
  const differs = right.flatMap((isRight, i) => (isRight === own[i] ? [] : [isRight]));
  const gained = differs.filter(Boolean).length;
  return { accuracy: share(right), gained, lost: differs.length - gained };
}

/** Takes for each fold what is best on the others. */
function choose(options: readonly (readonly boolean[])[], truths: readonly number[]) {
  const foldOf = stratifiedFolds(truths, FOLDS);
  const right = Array.from({ length: FOLDS }, (_, fold) => {
    const hitsElsewhere = options.map((option) => count(option, (i) => foldOf[i] !== fold));
    const best = options[hitsElsewhere.indexOf(Math.max(...hitsElsewhere))]!;
    return count(best, (i) => foldOf[i] === fold);
  });
  return wilsonInterval({ hits: right.reduce((a, b) => a + b, 0), of: truths.length });
}

const count = (right: readonly boolean[], where: (image: number) => boolean): number =>
  right.filter((isRight, i) => isRight && where(i)).length;

const share = (right: readonly boolean[]) =>
  wilsonInterval({ hits: right.filter(Boolean).length, of: right.length });
