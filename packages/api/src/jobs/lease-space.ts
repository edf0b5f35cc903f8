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
  const found = await findModel(models, space);
  if ('name' in found) return found.name;
  const expected = `expected ${describeModel(space.model, space.hash)}, which made the vectors`;
  throw new ApiError('COLLECTION_MODEL_MISMATCH', `${expected}, got ${found.served}`);
}

/** A model by its name and the beginning of its hash, for messages. */
export function describeModel(name: string, hash: string): string {
  const short = `(${hash.slice(0, 12)})`;
  return name.endsWith(short) ? name : `${name} ${short}`;
}

/**
 * The same.
 *
 * @returns the models that are served, in words, where none makes such vectors.
 * @throws what loading throws.
 */
export async function findModel(
  models: ModelRegistry,
  space: VectorSpace,
): Promise<{ readonly name: string } | { readonly served: string }> {
  // What is known to be it, before what is called so, before what may be the same.
  const likely = ({ name, hash }: ServedModel) => {
    if (hash !== undefined) return hash === space.hash ? 0 : 3;
    return name === space.model ? 1 : 2;
  };
  const others: string[] = [];
  for (const { name, hash: known } of models.list().toSorted((a, b) => likely(a) - likely(b))) {
    const hash = known ?? (await hashOf(models, name));
    if (hash === space.hash) return { name };
    others.push(describeModel(name, hash));
  }
  return { served: others.join(', ') };
}

async function hashOf(models: ModelRegistry, name: string): Promise<string> {
  const { model, release } = await models.lease(name);
  try {
    return await modelHash(model);
  } finally {
    release();
  }
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
