import type { Owner } from '../access/owner.ts';
import { undefinedFor } from '../errors/undefined-for.ts';
import type { Collection } from './collection.ts';
import type { CollectionStore } from './store.ts';

/** A collection that may not be there. */
export const findIfThere = (
  store: Pick<CollectionStore, 'find'>,
  owner: Owner,
  name: string,
): Promise<Collection | undefined> => undefinedFor('UNKNOWN_COLLECTION', store.find(owner, name));
