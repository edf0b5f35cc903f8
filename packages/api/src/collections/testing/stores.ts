import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { openPostgresCollections } from '../postgres/postgres-collections.ts';
import { openSqliteCollections } from '../sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../store.ts';

/** A store that is empty at first. */
export interface TestStore {
  readonly store: CollectionStore;
  /** The same store as another process has it. */
  another(): Promise<CollectionStore>;
  close(): Promise<void>;
}

/** Every implementation of the contract. */
export const STORES: readonly (readonly [name: string, open: () => Promise<TestStore>])[] = [
  ['SQLite', openSqlite],
  ['PostgreSQL', openOnPostgres],
];

async function openSqlite(): Promise<TestStore> {
  const folder = await temporaryDataFolder();
  const closing: (() => Promise<void>)[] = [folder.close];
  const open = async () => {
    const database = await openDatabase(folder.path);
    const store = openSqliteCollections(database);
    closing.unshift(store.close, database.close);
    return store;
  };
  return {
    store: await open(),
    another: open,
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

async function openOnPostgres(): Promise<TestStore> {
  const server = await testPostgres();
  const closing: (() => Promise<void>)[] = [server.close];
  const open = async () => {
    const database = await openPostgres(server.url);
    const store = openPostgresCollections(database);
    closing.unshift(store.close, database.close);
    return store;
  };
  return {
    store: await open(),
    another: open,
    close: async () => {
      for (const close of closing) await close();
    },
  };
}
