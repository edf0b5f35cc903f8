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
  description: 'How similarity scores are turned into probabilities.',
  values: {
    SOFTMAX: {
      value: 'softmax',
      description: 'Probabilities that add up to 1 over the labels: which fits best, if one does.',
    },
    SIGMOID: {
      value: 'sigmoid',
      description:
        'A probability for each label by itself. For models trained with a sigmoid loss; with others it tends to 1.',
    },
    COSINE: { value: 'cosine', description: 'No probabilities, only cosine similarity.' },
  } as const,
});

/** `1 to 1,000 labels by default` */
export const LABEL_COUNT = `1 to ${grouped(DEFAULT_LIMITS.maxLabels)} labels by default`;

/** What every classification takes, beside its images. */
export const classifyArgs = builder.args((t) => ({
  labels: t.stringList({
    description: `What the image may show: ${LABEL_COUNT}, such as \`dog\`. Give either this or \`labelSet\`.`,
  }),
  labelSet: t.string({
    description:
      'Name of a label set, which brings its own templates. Give either this or `labels`.',
  }),
  ...templateArgs,
  mode: t.field({
    type: ClassifyMode,
    description:
      'How similarity scores are turned into probabilities. Default: SIGMOID for SigLIP, else SOFTMAX.',
  }),
  topK: t.int({ description: 'Return only the best K scores. Default: all.' }),
  rejectBelow: t.float({
    description:
      'Reject the best label if its probability (in mode COSINE, its cosine) is lower than this. `label` is then `rejectLabel`, and `rejected` is true.',
  }),
  rejectLabel: t.string({
    description: 'The label to return when the best one is rejected. Default: `none`.',
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
    mode: mode ?? undefined,
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
