import type { Collection, VectorSpace } from '../collections/collection.ts';
import { ApiError } from '../errors/api-error.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { modelHash } from '../models/model-hash.ts';
import type { ModelLease, ModelRegistry, ServedModel } from '../models/registry.ts';

/** What a model's vectors are. */
export async function spaceOf(model: LoadedModel, name: string): Promise<VectorSpace> {
  return { hash: await modelHash(model), model: name, dimensions: model.clip.info.embeddingWidth };
}

/**
 * The served model that makes vectors of a space: the one of that name, or another that is the same.
 *
 * @throws ApiError COLLECTION_MODEL_MISMATCH where none does; what loading throws.
 */
export async function leaseSpace(models: ModelRegistry, space: VectorSpace): Promise<ModelLease> {
  return models.lease(await modelOfSpace(models, space));
}

/**
 * The name of that model.
 *
 * @throws ApiError COLLECTION_MODEL_MISMATCH where none makes such vectors; what loading throws.
 */
export async function modelOfSpace(models: ModelRegistry, space: VectorSpace): Promise<string> {
  const served = models.list().filter(({ hash = space.hash }) => hash === space.hash);
  // What is known to be it, before what is called so, before what may be the same.
  const likely = ({ name, hash }: ServedModel) =>
    hash !== undefined ? 0 : name === space.model ? 1 : 2;
  const names = served.toSorted((a, b) => likely(a) - likely(b)).map(({ name }) => name);
  for (const name of names) {
    const lease = await models.lease(name);
    try {
      if ((await modelHash(lease.model)) === space.hash) return name;
    } finally {
      lease.release();
    }
  }
  const expected = `expected ${space.model} (${space.hash.slice(0, 12)}), which made the vectors`;
  const got = `${names.join(', ')}, of other files or another precision`;
  throw new ApiError('COLLECTION_MODEL_MISMATCH', `${expected}, got ${got}`);
}

/**
 * Whether a collection can move to a model.
 *
 * @throws ApiError UNKNOWN_MODEL; BAD_INPUT for the one that made its vectors; what loading throws.
 */
export async function checkNextModel(
  models: ModelRegistry,
  { name, space }: Collection,
  model: string,
): Promise<void> {
  const { hash } = await spaceOf(await models.get(model), model);
  if (hash !== space.hash) return;
  const expected = `expected another model than ${space.model}, which made the vectors of ${name}`;
  throw new ApiError('BAD_INPUT', `${expected}, got ${model}`);
}
