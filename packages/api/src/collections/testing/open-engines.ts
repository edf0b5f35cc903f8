/** The collections of each engine, with their database, for tests that reach behind the store. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { openPostgresCollections } from '../postgres/postgres-collections.ts';
import { openSqliteCollections } from '../sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../store.ts';

export interface OpenEngine {
  readonly store: CollectionStore;
  /** @returns the rows of the statement. */
  run(sql: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function onSqlite(): Promise<OpenEngine> {
  const folder = await temporaryDataFolder();
  const database = await openDatabase(folder.path);
  const store = openSqliteCollections(database);
  return {
    store,
    run: async (sql) => {
      const file = new DatabaseSync(join(folder.path, 'clipql.db'));
      try {
        return file.prepare(sql).all();
      } finally {
        file.close();
      }
    },
    close: async () => {
      await store.close();
      await database.close();
      await folder.close();
    },
  };
}

export async function onPostgres(): Promise<OpenEngine> {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url);
  const store = openPostgresCollections(database);
  return {
    store,
    run: (sql) => database.rows(sql),
    close: async () => {
      await store.close();
      await database.close();
      await close();
    },
  };
}

/** Sets the number of changes forward, as if there had been many: the next row has a higher one. */
export const setChanges = ({ run }: Pick<OpenEngine, 'run'>, count: number): Promise<unknown> =>
  run(`UPDATE collections SET seq = ${count}`);
