import type { Owner } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Collection } from './collection.ts';
import type { CollectionStore } from './store.ts';

/** A collection that may not be there. */
export async function findIfThere(
  store: Pick<CollectionStore, 'find'>,
  owner: Owner,
  name: string,
): Promise<Collection | undefined> {
  try {
    return await store.find(owner, name);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'UNKNOWN_COLLECTION') return undefined;
    throw error;
  }
}
