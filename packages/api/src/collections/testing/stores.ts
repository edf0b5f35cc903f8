import { type TestStore as StoreOfTest, storeEngines } from '../../testing/store-engines.ts';
import { openPostgresCollections } from '../postgres/postgres-collections.ts';
import { openSqliteCollections } from '../sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../store.ts';

const closed = (store: CollectionStore) => ({ store, close: store.close });

/** A store that is empty at first. */
export type TestStore = StoreOfTest<CollectionStore>;

/** Every implementation of the contract. */
export const STORES = storeEngines(
  (database) => closed(openSqliteCollections(database)),
  (database) => closed(openPostgresCollections(database)),
);
