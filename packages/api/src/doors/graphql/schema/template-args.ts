import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES } from '@clipql/core';
import type { InputShapeFromFields } from '@pothos/core';
import { ApiError } from '../../../errors/api-error.ts';
import { builder } from './builder.ts';

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

/** @throws ApiError BAD_INPUT for templates in two ways. @returns undefined for core's own. */
export function templatesOf({ templates, preset }: TemplateArgs): readonly string[] | undefined {
  if (templates && preset) {
    throw new ApiError('BAD_INPUT', 'expected either templates or preset, got both');
  }
  return templates ?? (preset ? PRESETS[preset] : undefined);
}
