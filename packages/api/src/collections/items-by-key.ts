import type { Collection } from './collection.ts';
import type { Filter } from './filter.ts';
import type { Item } from './item.ts';
import type { CollectionStore } from './store.ts';

const ITEMS_A_PAGE = 1_000;

/** All items of a collection that a filter lets through, by key, a page at a time. */
export async function* itemsByKey(
  store: Pick<CollectionStore, 'page'>,
  collection: Collection,
  where?: Filter,
): AsyncGenerator<readonly Item[]> {
  const orderBy = { by: 'key', descending: false } as const;
  for (let after: string | undefined; ; ) {
    const page = await store.page(collection, { where, orderBy, first: ITEMS_A_PAGE, after });
    yield page.items.map(({ item }) => item);
    after = page.items.at(-1)?.cursor;
    if (!page.hasNext || after === undefined) return;
  }
}
