import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import { openPostgresClassifiers } from '../postgres/postgres-classifiers.ts';
import { openSqliteClassifiers } from '../sqlite/sqlite-classifiers.ts';
import type { ClassifierStore } from '../store.ts';

/** A store that is empty at first. */
export interface TestStore {
  readonly store: ClassifierStore;
  /** The same store as another process has it. */
  another(): Promise<ClassifierStore>;
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
    closing.unshift(database.close);
    return openSqliteClassifiers(database);
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
    closing.unshift(database.close);
    return openPostgresClassifiers(database);
  };
  return {
    store: await open(),
    another: open,
    close: async () => {
      for (const close of closing) await close();
    },
  };
}
