import { createLoaders, type ModelSession } from '../loaders/loaders.ts';
import type { LocalStore } from './collections/local-store.ts';

/** @param model the command's own unless given. @throws what loading throws. */
export type UseModel = (model?: string | null) => Promise<ModelSession>;

/** Does work with models of a store, and lets go of them. */
export async function withModels(
  { models, settings, readImage }: Pick<LocalStore, 'models' | 'settings' | 'readImage'>,
  work: (use: UseModel) => Promise<void>,
): Promise<void> {
  const releases: (() => void)[] = [];
  try {
    await work(async (name) => {
      const { model, release } = await models.lease(name ?? undefined);
      releases.push(release);
      // Images are taken in small groups, so that their number needs no limit.
      const limits = { ...settings, maxImages: Number.POSITIVE_INFINITY };
      const loaders = createLoaders(model, readImage, limits, new AbortController().signal);
      return { model, loaders };
    });
  } finally {
    for (const release of releases) release();
  }
}
