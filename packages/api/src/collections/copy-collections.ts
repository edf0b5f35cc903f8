import { isDeepStrictEqual } from 'node:util';
import type { Collection } from './collection.ts';
import { findIfThere } from './find-if-there.ts';
import type { Item, NewItem } from './item.ts';
import { spaceMismatch, unknownCollection } from './refusals.ts';
import type { CollectionStore } from './store.ts';

/** Of one write. */
const BATCH = 250;

/** What is copied, and how far it is. */
export interface CopyProgress {
  readonly collection: Collection;
  /** Items that the other store has by now. */
  readonly done: number;
  /** Those of them that were written, as they were not there or were others. */
  readonly written: number;
}

/**
 * Copies collections with all that belongs to them into another store, where each keeps its owner and its name. What is
 * there already is read and left as it is, so that a copy that broke off goes on where it was. Items that are
 * in the other store alone stay.
 *
 * @param names all collections of all owners unless given.
 * @throws ApiError UNKNOWN_COLLECTION for a name that nobody has, COLLECTION_MODEL_MISMATCH where the other
 *   store has a collection of another model; what stores throw.
 */
export async function* copyCollections(
  from: CollectionStore,
  to: CollectionStore,
  names: readonly string[] = [],
): AsyncGenerator<CopyProgress> {
  for (const collection of await chosen(from, names)) {
    const { owner, name, space } = collection;
    const target = (await findIfThere(to, owner, name)) ?? (await to.create(owner, name, space));
    if (target.space.hash !== space.hash) throw spaceMismatch(name, target.space, space);
    let [done, written] = [0, 0];
    yield { collection, done, written };
    for await (const chunk of from.stored(collection)) {
      for (let start = 0; start < chunk.length; start += BATCH) {
        const items = chunk.slice(start, start + BATCH);
        written += await copyItems(items, to, target);
        done += items.length;
        yield { collection, done, written };
      }
    }
  }
}

async function chosen(
  store: CollectionStore,
  names: readonly string[],
): Promise<readonly Collection[]> {
  const all = await store.listAll();
  if (names.length === 0) return all;
  const known = [...new Set(all.map(({ name }) => name))].sort();
  const missing = names.find((name) => !known.includes(name));
  if (missing !== undefined) throw unknownCollection(missing, known);
  return all.filter(({ name }) => names.includes(name));
}

/** @returns how many had to be written. */
async function copyItems(
  items: readonly NewItem[],
  to: CollectionStore,
  target: Collection,
): Promise<number> {
  const there = await to.items(
    target,
    items.map(({ key }) => key),
  );
  const rows = there.map((item) => item?.row ?? 0);
  const vectors = await to.vectors(target, rows);
  const missing = items.filter((item, i) => !isThere(item, there[i], vectors[i]));
  if (missing.length > 0) await to.upsert(target, missing);
  return missing.length;
}

function isThere(
  { embedding, thumbnail, ...item }: NewItem,
  found: Item | undefined,
  vector: Float32Array | undefined,
): boolean {
  if (found === undefined) return false;
  const { row: _, indexedAt: _at, hasThumbnail, ...rest } = found;
  const isSame = hasThumbnail === (thumbnail !== undefined) && isDeepStrictEqual(rest, item);
  return isSame && isDeepStrictEqual(vector, embedding);
}
