import { createLoaders, type ModelSession } from '../loaders/loaders.ts';
import type { LocalStore } from './collections/local-store.ts';

/** The command's model, beside the data folder: to be let go of. */
export interface StoreSession extends ModelSession {
  release(): void;
}

/** @throws what loading the model throws. */
export async function storeSession({
  models,
  settings,
  readImage,
}: Pick<LocalStore, 'models' | 'settings' | 'readImage'>): Promise<StoreSession> {
  const { model, release } = await models.lease();
  // Images are taken in small groups, so that their number needs no limit.
  const limits = { ...settings, maxImages: Number.POSITIVE_INFINITY };
  const loaders = createLoaders(model, readImage, limits, new AbortController().signal);
  return { model, loaders, release };
}
