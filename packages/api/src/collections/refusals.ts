/** What every store of collections says when it refuses something. */
import { ApiError } from '../errors/api-error.ts';
import { MAX_COLLECTIONS } from '../limits/collections.ts';
import type { VectorSpace } from './collection.ts';

/** @param names those that there are, where the owner asks by name. */
export function unknownCollection(name: string, names: readonly string[]): ApiError {
  const known = names.length === 0 ? 'there is none' : `known: ${names.join(', ')}`;
  return new ApiError('UNKNOWN_COLLECTION', `expected a collection’s name (${known}), got ${name}`);
}

/** @param names those that an owner has. @throws ApiError COLLECTION_EXISTS, TOO_MANY_COLLECTIONS. */
export function checkPlace(name: string, names: readonly string[]): void {
  if (names.includes(name)) {
    throw new ApiError('COLLECTION_EXISTS', `expected a new name, got ${name}, which is taken`);
  }
  if (names.length < MAX_COLLECTIONS) return;
  const message = `expected at most ${MAX_COLLECTIONS} collections, got another: ${name}`;
  throw new ApiError('TOO_MANY_COLLECTIONS', message);
}

export function spaceMismatch(name: string, has: VectorSpace, got: VectorSpace): ApiError {
  const shown = ({ model, hash }: VectorSpace) => `${model} (${hash.slice(0, 12)})`;
  return new ApiError(
    'COLLECTION_MODEL_MISMATCH',
    `expected ${shown(has)}, which made the vectors of ${name}, got ${shown(got)}`,
  );
}

export const notReembedding = (name: string): ApiError =>
  new ApiError('BAD_INPUT', `expected a collection that moves to another model, got ${name}`);
