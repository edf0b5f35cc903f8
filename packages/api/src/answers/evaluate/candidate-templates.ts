import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES } from '@clipql/core';

/**
 * Templates that are tried next to those asked for: OpenAI's default, its seven for ImageNet, and plain words for what
 * pictures often are.
 */
export const CANDIDATE_TEMPLATES: readonly string[] = [
  ...DEFAULT_TEMPLATES,
  '{}',
  'a photo of the {}.',
  'a close-up photo of a {}.',
  'a cropped photo of a {}.',
  'a blurry photo of a {}.',
  'a drawing of a {}.',
  'a picture that shows {}.',
  ...ENSEMBLE_TEMPLATES,
];
