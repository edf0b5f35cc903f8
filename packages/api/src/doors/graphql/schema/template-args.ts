import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES } from '@clipql/core';
import type { InputShapeFromFields } from '@pothos/core';
import { ApiError } from '../../../errors/api-error.ts';
import { builder } from './builder.ts';

const TemplatePreset = builder.enumType('TemplatePreset', {
  description: 'OpenAI’s hypothesis templates.',
  values: {
    SINGLE: { value: 'single', description: '`a photo of a {}.`' },
    ENSEMBLE: {
      value: 'ensemble',
      description: `Seven templates chosen for ImageNet, at seven times the text cost: ${ENSEMBLE_TEMPLATES.map((template) => `\`${template}\``).join(', ')}`,
    },
  } as const,
});

const PRESETS = { single: DEFAULT_TEMPLATES, ensemble: ENSEMBLE_TEMPLATES } as const;

/** What labels are put into, as arguments or in an input. */
export const TEMPLATE_CHOICE = {
  templates: {
    description:
      'Hypothesis templates, with `{}` for the label; a label’s embedding is the mean over them. Default: `a photo of a {}.`',
  },
  preset: {
    type: TemplatePreset,
    description: 'A named list of templates, instead of `templates`.',
  },
} as const;

export const templateArgs = builder.args((t) => ({
  templates: t.stringList(TEMPLATE_CHOICE.templates),
  preset: t.field(TEMPLATE_CHOICE.preset),
}));

type TemplateArgs = InputShapeFromFields<typeof templateArgs>;

/** @throws ApiError BAD_INPUT for templates in two ways. @returns undefined for core's own. */
export function templatesOf({ templates, preset }: TemplateArgs): readonly string[] | undefined {
  if (templates && preset) {
    throw new ApiError('BAD_INPUT', 'expected either templates or preset, got both');
  }
  return templates ?? (preset ? PRESETS[preset] : undefined);
}
