import { DEFAULT_TEMPLATES, fillTemplate } from '@clipql/core';
import type { Limits } from '../../../limits/limits.ts';
import { checkLabels, type PromptCount } from '../../../limits/texts.ts';
import { type Price, type PriceScope, textAmount } from '../prices/price.ts';
import { MOST_CLASS_LABELS } from './classifiers/classifier-price.ts';
import type { ClassifyArgs } from './classify-args.ts';
import { templatesOf } from './template-args.ts';

/** Of asking one or several images which label fits. */
export function priceOfQuestion(args: ClassifyArgs, scope: PriceScope): Price {
  const { topK, labelSet, rejectLabel } = args;
  const labels =
    args.classifier == null
      ? textAmount(args.labels ?? scope.labelSets.find(labelSet ?? '')?.labels ?? [])
      : MOST_CLASS_LABELS;
  return {
    ...promptsOf(args, scope),
    holds: {
      labels,
      top: Math.min(labels.count, topK ?? labels.count),
      rejectLabel: textAmount([rejectLabel ?? '']),
    },
  };
}

function promptsOf(args: ClassifyArgs, { labelSets, limits }: PriceScope): Partial<PromptCount> {
  const { labels, labelSet, model } = args;
  if (labels != null) return countPrompts(labels, templatesOf(args), limits);
  const set = labelSets.find(labelSet ?? '');
  // Encoded ones are kept, as those of classifiers always are.
  if (set === undefined || labelSets.isEncoded(set, model ?? undefined)) return {};
  return countPrompts(set.labels, set.templates, limits);
}

/** @throws ApiError as the resolver would. */
export function countPrompts(
  labels: readonly string[],
  templates: readonly string[] = DEFAULT_TEMPLATES,
  limits: Limits,
): PromptCount {
  checkLabels(labels, templates, limits);
  let characters = 0;
  for (const template of templates) {
    for (const label of labels) characters += fillTemplate(template, label).length;
  }
  return { prompts: labels.length * templates.length, characters };
}
