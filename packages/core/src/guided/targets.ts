import type { GradientTarget } from '../gradient-targets.ts';
import type { PictureModel } from './picture-model.ts';
import type { PictureSettings } from './picture-settings.ts';
import { RECIPE } from './recipe.ts';

/** A model that draws, and what it should come closer to. */
export interface Drawer {
  readonly model: PictureModel;
  /** The prompts' in their order, and then those of general words. */
  readonly targets: readonly GradientTarget[];
}

/**
 * What any picture is a little of. Moving away from them leaves what is particular to the prompts.
 */
const GENERAL_WORDS: readonly string[] = [
  'a photo',
  'a picture',
  'an image',
  'a pattern',
  'a texture',
  'colours',
  'a background',
  'a drawing',
  'noise',
  'a screenshot',
  'a close-up',
  'a thing',
  'text',
  'something blurry',
];

/** The prompts in their order, and then general words: what views should come closer to or move away from. */
export async function pictureTargets(
  model: PictureModel,
  { prompts }: PictureSettings,
): Promise<readonly GradientTarget[]> {
  const embeddings = await model.encodeTexts([
    ...prompts.map(({ text }) => text),
    ...GENERAL_WORDS,
  ]);
  const wanted = prompts.reduce((sum, { weight }) => sum + Math.max(weight, 0), 0);
  const generalWeight = (-RECIPE.generalWeight * wanted) / GENERAL_WORDS.length;
  return embeddings.map((embedding, i) => ({
    embedding,
    weight: prompts[i]?.weight ?? generalWeight,
  }));
}
