import { RowValues } from '@clipql/core';
import type { Collection } from './collection.ts';
import type { CollectionStore } from './store.ts';

/** The levels that a store has, in one piece. @throws what the store throws. */
export async function allLevels(
  store: CollectionStore,
  collection: Collection,
  words: string,
): Promise<RowValues> {
  const parts: RowValues[] = [];
  for await (const part of store.levels(collection, words)) parts.push(part);
  return RowValues.concat(parts);
}
