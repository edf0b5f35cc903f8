import type { Postgres } from '../postgres/connection.ts';
import { openPostgres } from '../postgres/postgres.ts';
import { testPostgres } from '../postgres/testing/test-postgres.ts';
import { temporaryDataFolder } from '../sqlite/data-folder.ts';
import { type Database, openDatabase } from '../sqlite/database.ts';

/** A store that is empty at first. */
export interface TestStore<Store> {
  readonly store: Store;
  /** The same store as another process has it. */
  another(): Promise<Store>;
  close(): Promise<void>;
}

type Engine<Store> = readonly [name: string, open: () => Promise<TestStore<Store>>];

/** A store, and what ends it before its database. */
interface Opened<Store> {
  readonly store: Store;
  readonly close?: () => Promise<void>;
}

/** Every implementation of a store’s contract. */
export const storeEngines = <Store>(
  onSqlite: (database: Database) => Opened<Store>,
  onPostgres: (database: Postgres) => Opened<Store>,
): readonly Engine<Store>[] => [
  [
    'SQLite',
    async () => {
      const folder = await temporaryDataFolder();
      return testStore(() => openDatabase(folder.path), onSqlite, folder.close);
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const server = await testPostgres();
      return testStore(() => openPostgres(server.url), onPostgres, server.close);
    },
  ],
];

async function testStore<Store, Connected extends { close(): Promise<void> }>(
  connect: () => Promise<Connected>,
  openStore: (database: Connected) => Opened<Store>,
  remove: () => Promise<void>,
): Promise<TestStore<Store>> {
  const closing: (() => Promise<void>)[] = [remove];
  const open = async () => {
    const database = await connect();
    const { store, close } = openStore(database);
    closing.unshift(() => database.close());
    if (close !== undefined) closing.unshift(close);
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
