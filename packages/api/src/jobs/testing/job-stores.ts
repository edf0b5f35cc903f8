import { openPostgresCollections } from '../../collections/postgres/postgres-collections.ts';
import { openSqliteCollections } from '../../collections/sqlite/sqlite-collections.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { temporaryDataFolder } from '../../sqlite/data-folder.ts';
import { openDatabase } from '../../sqlite/database.ts';
import type { JobStore } from '../job-store.ts';
import { openPostgresJobs } from '../postgres/open-jobs.ts';
import { openJobs } from '../sqlite/open-jobs.ts';

/** Jobs and the collections that they are for, as a process has them. */
interface JobStores {
  readonly jobs: JobStore;
  readonly collections: CollectionStore;
}

/** Both are empty at first. */
export interface TestJobStore extends JobStores {
  /** The same as another process has them. */
  another(): Promise<JobStores>;
  close(): Promise<void>;
}

/** Every implementation of the contract. */
export const JOB_STORES: readonly (readonly [name: string, open: () => Promise<TestJobStore>])[] = [
  ['SQLite', openSqlite],
  ['PostgreSQL', openPglite],
];

async function openSqlite(): Promise<TestJobStore> {
  const folder = await temporaryDataFolder();
  return opened([folder.close], async (closing) => {
    const database = await openDatabase(folder.path);
    const collections = openSqliteCollections(database);
    closing.unshift(collections.close, database.close);
    return { jobs: await openJobs(database, folder.path), collections };
  });
}

async function openPglite(): Promise<TestJobStore> {
  const server = await testPostgres();
  return opened([server.close], async (closing) => {
    const postgres = await openPostgres(server.url);
    closing.unshift(postgres.close);
    const events = { onRunnable: async () => {}, onChange: () => {}, notices: undefined };
    const collections = openPostgresCollections(postgres);
    closing.unshift(collections.close);
    return { jobs: await openPostgresJobs(postgres, events), collections };
  });
}

async function opened(
  closing: (() => Promise<void>)[],
  open: (closing: (() => Promise<void>)[]) => Promise<JobStores>,
): Promise<TestJobStore> {
  return {
    ...(await open(closing)),
    another: () => open(closing),
    close: async () => {
      for (const close of closing) await close();
    },
  };
}
