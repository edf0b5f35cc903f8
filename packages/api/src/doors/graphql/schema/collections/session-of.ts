import type { Context } from '../../../../answers/context.ts';
import type { Collection } from '../../../../collections/collection.ts';
import { modelOfSpace } from '../../../../jobs/lease-space.ts';
import type { ModelSession } from '../../../../loaders/loaders.ts';

/**
 * The model that made a collection's vectors.
 *
 * @throws ApiError COLLECTION_MODEL_MISMATCH where none that is served did.
 */
export const sessionOf = async (
  { models, use }: Pick<Context, 'models' | 'use'>,
  { space }: Collection,
): Promise<ModelSession> => use(await modelOfSpace(models, space));
