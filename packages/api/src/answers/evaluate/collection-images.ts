import { normalized } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { Filter } from '../../collections/filter.ts';
import type { Item } from '../../collections/item.ts';
import { itemsByKey } from '../../collections/items-by-key.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted, shorten } from '../../errors/one-line.ts';
import { checkEvaluatedItems } from '../../limits/evaluation.ts';
import { textOf } from './column-value.ts';

/** An item with its vector, and what it has in the columns that are asked for. */
export interface LabelledItem {
  readonly item: Item;
  /** [E], of length 1. */
  readonly embedding: Float32Array;
  readonly value: string;
  readonly groups: readonly (string | undefined)[];
}

export interface CollectionChoice {
  /** The metadata field of the classes. */
  readonly column: string;
  /** Those that figures are broken down by. */
  readonly by: readonly string[];
  readonly where: Filter | undefined;
}

/**
 * The items of a collection that have a class, with the vectors that it keeps.
 *
 * @returns them by key, and how many have no value in the column.
 * @throws ApiError BAD_INPUT for a field that the collection does not have, or one of lists; COLLECTION_TOO_LARGE;
 *   BAD_FILTER; what the store throws.
 */
export async function labelledItems(
  store: CollectionStore,
  collection: Collection,
  { column, by, where }: CollectionChoice,
): Promise<{ readonly items: readonly LabelledItem[]; readonly unlabelled: number }> {
  for (const field of [column, ...by]) checkField(collection, field);
  if (where === undefined) checkEvaluatedItems(collection.items);
  const found: LabelledItem[] = [];
  let unlabelled = 0;
  for await (const items of itemsByKey(store, collection, where)) {
    const vectors = await store.vectors(
      collection,
      items.map(({ row }) => row),
    );
    for (const [i, item] of items.entries()) {
      const [vector, value] = [vectors[i], textOf(item.metadata[column])];
      // An item that was removed meanwhile has no vector.
      if (vector === undefined) continue;
      if (value === undefined) unlabelled += 1;
      else {
        const groups = by.map((field) => textOf(item.metadata[field]));
        found.push({ item, embedding: normalized(vector), value, groups });
      }
    }
    checkEvaluatedItems(found.length);
  }
  return { items: found, unlabelled };
}

function checkField({ fields }: Collection, field: string): void {
  const type = fields.get(field);
  if (type !== undefined && type !== 'TEXTS') return;
  const names = [...fields].filter(([, one]) => one !== 'TEXTS').map(([name]) => shorten(name, 40));
  const got = type === undefined ? 'none of that name' : 'a field of lists';
  throw new ApiError(
    'BAD_INPUT',
    `expected a field of the collection (${names.slice(0, 20).join(', ') || 'it has none'}), got ${got}: ${quoted(field)}`,
  );
}
