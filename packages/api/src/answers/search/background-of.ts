import { BACKGROUND_WORDS, type Background } from '@clipql/core';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { LoadedModel } from '../../models/loaded-model.ts';

const known = new WeakMap<LoadedModel, Background>();

/**
 * The background words as a model embeds them, once in its life.
 *
 * @throws what the loaders throw.
 */
export async function backgroundOf({ model, loaders }: ModelSession): Promise<Background> {
  const found = known.get(model);
  if (found !== undefined) return found;
  const texts = await Promise.all(BACKGROUND_WORDS.map((word) => loaders.text(word)));
  const background: Background = {
    prompts: texts.map(({ direction }) => direction),
    logitScale: model.clip.info.logitScale,
  };
  known.set(model, background);
  return background;
}
