import { createHash } from 'node:crypto';
import { BACKGROUND_WORDS, type Background } from '@clipql/core';
import type { VectorSpace } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { LoadedModel } from '../../models/loaded-model.ts';

/** The name of the background in a store: other words are another one. */
export const BACKGROUND = createHash('sha256')
  .update(BACKGROUND_WORDS.join('\n'))
  .digest('base64url')
  .slice(0, 16);

const known = new WeakMap<LoadedModel, Background>();

/**
 * The background words as a model embeds them, once in the life of a store.
 *
 * @param space the model's.
 * @throws what the loaders and the store throw.
 */
export async function backgroundOf(
  { model, loaders }: ModelSession,
  store: CollectionStore,
  space: VectorSpace,
): Promise<Background> {
  const found = known.get(model);
  if (found !== undefined) return found;
  const { dimensions } = space;
  const kept = await store.prompts(space, BACKGROUND);
  const packed = kept ?? new Float32Array(BACKGROUND_WORDS.length * dimensions);
  if (kept === undefined) {
    const texts = await Promise.all(BACKGROUND_WORDS.map((word) => loaders.text(word)));
    for (const [i, { direction }] of texts.entries()) packed.set(direction, i * dimensions);
    // A search can do without, where the disk is full.
    store.keepPrompts(space, BACKGROUND, packed).catch(() => {});
  }
  const background: Background = {
    prompts: BACKGROUND_WORDS.map((_, i) => packed.subarray(i * dimensions, (i + 1) * dimensions)),
    logitScale: model.clip.info.logitScale,
  };
  known.set(model, background);
  return background;
}
