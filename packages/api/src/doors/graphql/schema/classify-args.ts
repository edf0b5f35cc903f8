import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES } from '@clipql/core';
import type { InputShapeFromFields } from '@pothos/core';
import type { Question, Rejection } from '../../../answers/classify.ts';
import type { Context } from '../../../answers/context.ts';
import { ApiError } from '../../../errors/api-error.ts';
import type { LabelSets } from '../../../label-sets/label-sets.ts';
import type { ModelSession } from '../../../loaders/loaders.ts';
import { builder } from './builder.ts';
import { modelArgs } from './model.ts';

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

const TemplatePreset = builder.enumType('TemplatePreset', {
  description: 'Hypothesis templates of OpenAI’s.',
  values: {
    SINGLE: { value: 'single', description: '`a photo of a {}.`' },
    ENSEMBLE: {
      value: 'ensemble',
      description: `Seven, chosen for ImageNet, at seven times the cost of text: ${ENSEMBLE_TEMPLATES.map((template) => `\`${template}\``).join(', ')}`,
    },
  } as const,
});

const PRESETS = { single: DEFAULT_TEMPLATES, ensemble: ENSEMBLE_TEMPLATES } as const;

/** What labels are put into. */
export const templateArgs = builder.args((t) => ({
  templates: t.stringList({
    description:
      'Sentences with `{}` for the label; a label’s embedding is the mean over them. ' +
      '`a photo of a {}.` unless given.',
  }),
  preset: t.field({
    type: TemplatePreset,
    description: 'Templates by name, in place of `templates`.',
  }),
}));

type TemplateArgs = InputShapeFromFields<typeof templateArgs>;

/** What every classification takes, beside its images. */
export const classifyArgs = builder.args((t) => ({
  labels: t.stringList({
    description:
      'Either this or `labelSet`. What the image may show, 1 to 1,000 labels such as `dog`.',
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

type ClassifyArgs = InputShapeFromFields<typeof classifyArgs>;

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

export function templatesOf({ templates, preset }: TemplateArgs): readonly string[] | undefined {
  if (templates && preset) {
    throw new ApiError('BAD_INPUT', 'expected either templates or preset, got both');
  }
  return templates ?? (preset ? PRESETS[preset] : undefined);
}

function rejectionOf({ rejectBelow, rejectLabel }: ClassifyArgs): Rejection | undefined {
  if (rejectBelow != null) return { below: rejectBelow, label: rejectLabel ?? 'none' };
  if (rejectLabel == null) return undefined;
  throw new ApiError('BAD_INPUT', 'expected rejectBelow beside rejectLabel, got none');
}
