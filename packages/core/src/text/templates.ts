import { ClipError } from '../errors.ts';

/** OpenAI's single prompt for zero-shot classification. */
export const DEFAULT_TEMPLATES: readonly string[] = ['a photo of a {}.'];

/**
 * OpenAI's seven best templates for ImageNet, found by forward selection over eighty:
 * `notebooks/Prompt_Engineering_for_ImageNet.ipynb` in openai/CLIP.
 */
export const ENSEMBLE_TEMPLATES: readonly string[] = [
  'itap of a {}.',
  'a bad photo of the {}.',
  'a origami {}.',
  'a photo of the large {}.',
  'a {} in a video game.',
  'art of the {}.',
  'a photo of the small {}.',
];

const PLACE = '{}';

/**
 * Puts a label into a hypothesis template, at each `{}`.
 *
 * @throws ClipError BAD_INPUT for a template without `{}`, in which every label would read the same.
 * @example
 * ```ts
 * import { fillTemplate } from '@clipql/core';
 *
 * console.log(fillTemplate('a photo of a {}.', 'dog')); // a photo of a dog.
 * ```
 */
export function fillTemplate(template: string, label: string): string {
  if (!template.includes(PLACE)) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a template with ${PLACE}, where the label goes, got ${JSON.stringify(template)}`,
    );
  }
  return template.split(PLACE).join(label);
}

/**
 * The prompts of labels: each label in every template, label by label.
 *
 * @throws ClipError BAD_INPUT for no labels, no templates, an empty label, or a template without `{}`.
 */
export function labelPrompts(
  labels: readonly string[],
  templates: readonly string[],
): readonly string[] {
  if (labels.length === 0) throw new ClipError('BAD_INPUT', 'expected at least 1 label, got none');
  if (templates.length === 0) {
    throw new ClipError('BAD_INPUT', 'expected at least 1 template, got none');
  }
  const empty = labels.findIndex((label) => label.trim() === '');
  if (empty !== -1) throw new ClipError('BAD_INPUT', `label ${empty}: expected a text, got none`);
  return labels.flatMap((label) => templates.map((template) => fillTemplate(template, label)));
}
