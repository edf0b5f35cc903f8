import type { InputShapeFromFields } from '@pothos/core';
import { chooseModel } from '../../../answers/choose-model.ts';
import type { Rejection } from '../../../answers/classify.ts';
import type { Context } from '../../../answers/context.ts';
import { type Asked, askClassifier } from '../../../answers/teach/classifier-question.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { grouped } from '../../../errors/grouped.ts';
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

/** Which labels there are, and how a model reads them. */
export const questionArgs = builder.args((t) => ({
  labels: t.stringList({
    description: `What the image may show: ${LABEL_COUNT}, such as \`dog\`. Give one of this, \`labelSet\` and \`classifier\`.`,
  }),
  labelSet: t.string({
    description: 'Name of a label set, which brings its own templates.',
  }),
  classifier: t.string({
    description:
      'Name of a classifier, which brings its own classes, templates and model, and has learned from pictures.',
  }),
  ...templateArgs,
  ...modelArgs,
}));

/** What every classification takes, beside its images. */
export const classifyArgs = builder.args((t) => ({
  ...questionArgs,
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
}));

export type ClassifyArgs = InputShapeFromFields<typeof questionArgs> &
  Partial<InputShapeFromFields<typeof classifyArgs>>;

/**
 * Who is asked what.
 *
 * @throws ApiError BAD_INPUT for arguments of which only one makes sense; what choosing a model and
 *   `askClassifier` throw.
 */
export async function askedOf(args: ClassifyArgs, context: Context): Promise<Asked> {
  const { classifier, mode, topK } = args;
  const isGiven = [args.labels, args.labelSet, classifier].map((given) => given != null);
  const given = isGiven.filter(Boolean).length;
  if (given !== 1) {
    const got = given === 0 ? 'none' : given;
    throw new ApiError(
      'BAD_INPUT',
      `expected one of labels, labelSet and classifier, got ${got} of them`,
    );
  }
  const shared = { topK: topK ?? undefined, rejection: rejectionOf(args) };
  const templates = templatesOf(args);
  if (args.labels == null && templates !== undefined) {
    const what = classifier == null ? 'labelSet' : 'classifier';
    throw new ApiError('BAD_INPUT', `expected no templates beside ${what}, which has its own`);
  }
  if (classifier != null) {
    const { session, question } = await askClassifier(context, classifier, args);
    return { session, question: { ...question, ...shared } };
  }
  const labels =
    args.labels == null
      ? labelSetOf(args.labelSet ?? '', context)
      : { labels: args.labels, templates };
  return {
    question: { ...labels, ...shared, mode: mode ?? undefined },
    session: await chooseModel(context, args),
  };
}

function labelSetOf(name: string, { labelSets }: Context) {
  const set = labelSets.get(name);
  return { ...set, encodeLabels: (session: ModelSession) => labelSets.encode(set, session) };
}

function rejectionOf({ rejectBelow, rejectLabel }: ClassifyArgs): Rejection | undefined {
  if (rejectBelow != null) return { below: rejectBelow, label: rejectLabel ?? 'none' };
  if (rejectLabel == null) return undefined;
  throw new ApiError('BAD_INPUT', 'expected rejectBelow beside rejectLabel, got none');
}
