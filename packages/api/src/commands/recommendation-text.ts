import type { Choice, Recommendation, Wish } from '../models/recommend.ts';
import { memoryBytes } from '../models/requirements.ts';
import { megabytes, zooFacts } from '../models/zoo-facts.ts';

/** Which model to take, and why. */
export function recommendationText(recommendation: Recommendation | undefined, wish: Wish): string {
  const wanted = wishText(wish);
  if (recommendation === undefined) return `There is no model ${wanted}.`;
  const { best, mostAccurate } = recommendation;
  const { model, precision } = best;
  const { accuracy, licence } = zooFacts(model);
  const int8 = precision === 'int8' ? ' --precision int8' : '';
  const reasons = [
    `${accuracy} on ImageNet`,
    `${megabytes(memoryBytes(model, precision))} of memory${int8 && ' in int8'}`,
    `licence ${licence}`,
  ];
  const lines = [
    `Recommended: --model ${model.id}${int8}`,
    `  The one to try first ${wanted}: ${reasons.join(', ')}.`,
  ];
  if (mostAccurate !== undefined) lines.push(`  ${alternative(best, mostAccurate)}`);
  return lines.join('\n');
}

function alternative(best: Choice, { model, precision }: Choice): string {
  const work = (model.imageOperations / best.model.imageOperations).toFixed(1);
  const int8 = precision === 'int8' ? ' in int8' : '';
  return `More accurate: ${model.id}${int8}, ${zooFacts(model).accuracy}, for ${work} times the work per image.`;
}

function wishText({ task, memoryBytes: limit, commercial }: Wish): string {
  const parts = [
    ...(task === undefined ? [] : [`for ${TASK_TEXTS[task]}`]),
    ...(limit === undefined ? [] : [`within ${megabytes(limit)} of memory`]),
    ...(commercial ? ['licensed for commercial use'] : []),
  ];
  return parts.join(', ');
}

const TASK_TEXTS = {
  classify: 'classifying',
  search: 'search',
  multilingual: 'other languages than English',
} as const;
