import { ClipError } from '../errors.ts';

/** OpenAI's single prompt for zero-shot classification. */
export const DEFAULT_TEMPLATES: readonly string[] = ['a photo of a {}.'];

/**
 * Seven templates whose mean OpenAI chose for ImageNet out of eighty, by trying them one after
 * another: `notebooks/Prompt_Engineering_for_ImageNet.ipynb` of openai/CLIP.
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
 * @throws ClipError BAD_INPUT for a template without `{}`: every label would read the same.
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
