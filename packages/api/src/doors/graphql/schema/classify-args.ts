import type { InputShapeFromFields } from '@pothos/core';
import type { Question, Rejection } from '../../../answers/classify.ts';
import type { Context } from '../../../answers/context.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { grouped } from '../../../errors/grouped.ts';
import type { LabelSets } from '../../../label-sets/label-sets.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import type { ModelSession } from '../../../loaders/loaders.ts';
import { builder } from './builder.ts';
import { modelArgs } from './model.ts';
import { templateArgs, templatesOf } from './template-args.ts';

const ClassifyMode = builder.enumType('ClassifyMode', {
  description: 'How cosines become probabilities.',
  values: {
    SOFTMAX: {
      value: 'softmax',
      description: 'The labels share a probability of 1: which of them fits best.',
    },
    SIGMOID: {
      value: 'sigmoid',
      description:
        'Each label for itself. Of use with models trained with a sigmoid loss; with others it tends to 1.',
    },
    COSINE: { value: 'cosine', description: 'No probabilities.' },
  } as const,
});

/** `1 to 1,000 labels` */
export const LABEL_COUNT = `1 to ${grouped(DEFAULT_LIMITS.maxLabels)} labels`;

/** What every classification takes, beside its images. */
export const classifyArgs = builder.args((t) => ({
  labels: t.stringList({
    description: `Either this or \`labelSet\`. What the image may show, ${LABEL_COUNT} such as \`dog\`.`,
  }),
  labelSet: t.string({
    description: 'Either this or `labels`. A label set by its name, with its own templates.',
  }),
  ...templateArgs,
  mode: t.field({
    type: ClassifyMode,
    defaultValue: 'softmax',
    description: 'How cosines become probabilities.',
  }),
  topK: t.int({ description: 'How many of the best scores to give; all unless given.' }),
  rejectBelow: t.float({
    description:
      'When the best label’s probability (in mode COSINE its cosine) is below this, none fits: ' +
      '`label` is then `rejectLabel`, and `rejected` is true.',
  }),
  rejectLabel: t.string({
    description: 'What stands in place of a rejected label; `none` unless given.',
  }),
  ...modelArgs,
}));

export type ClassifyArgs = InputShapeFromFields<typeof classifyArgs>;

/** @throws ApiError BAD_INPUT for arguments of which only one makes sense. */
export function questionOf(
  args: ClassifyArgs,
  { labelSets }: Pick<Context, 'labelSets'>,
): Question {
  const { mode, topK } = args;
  return {
    ...labelsOf(args, labelSets),
    mode: mode ?? 'softmax',
    topK: topK ?? undefined,
    rejection: rejectionOf(args),
  };
}

function labelsOf(args: ClassifyArgs, labelSets: LabelSets) {
  const { labels, labelSet } = args;
  const templates = templatesOf(args);
  if ((labels == null) === (labelSet == null)) {
    const got = labels == null ? 'neither' : 'both';
    throw new ApiError('BAD_INPUT', `expected either labels or labelSet, got ${got}`);
  }
  if (labels != null) return { labels, templates };
  if (templates !== undefined) {
    throw new ApiError('BAD_INPUT', 'expected no templates beside labelSet, which has its own');
  }
  const set = labelSets.get(labelSet ?? '');
  return { ...set, encodeLabels: (session: ModelSession) => labelSets.encode(set, session) };
}

function rejectionOf({ rejectBelow, rejectLabel }: ClassifyArgs): Rejection | undefined {
  if (rejectBelow != null) return { below: rejectBelow, label: rejectLabel ?? 'none' };
  if (rejectLabel == null) return undefined;
  throw new ApiError('BAD_INPUT', 'expected rejectBelow beside rejectLabel, got none');
}
