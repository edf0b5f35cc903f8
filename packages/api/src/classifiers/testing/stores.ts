import { type TestStore as StoreOfTest, storeEngines } from '../../testing/store-engines.ts';
import { openPostgresClassifiers } from '../postgres/postgres-classifiers.ts';
import { openSqliteClassifiers } from '../sqlite/sqlite-classifiers.ts';
import type { ClassifierStore } from '../store.ts';

/** A store that is empty at first. */
export type TestStore = StoreOfTest<ClassifierStore>;

/** Every implementation of the contract. */
export const STORES = storeEngines(
  (database) => ({ store: openSqliteClassifiers(database) }),
  (database) => ({ store: openPostgresClassifiers(database) }),
);
