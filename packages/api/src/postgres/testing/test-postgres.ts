import { PgliteServer } from './pglite-server.ts';

/** A database without tables, as a server has it. */
export interface TestPostgres {
  /** For `openPostgres`. */
  readonly url: string;
  close(): Promise<void>;
}

let started: ReturnType<typeof start> | undefined;
let schemas = 0;
let open = openSchema;

/** In PGlite with pgvector, started once for all tests of a process, unless another server is used. */
export const testPostgres = (): Promise<TestPostgres> => open();

/** @param other opens databases of another server from now on. */
export function useServer(other: () => Promise<TestPostgres>): void {
  open = other;
}

async function openSchema(): Promise<TestPostgres> {
  started ??= start();
  const { db, port } = await started;
  schemas += 1;
  const schema = `test_${schemas}`;
  await db.exec(`CREATE SCHEMA ${schema}`);
  const options = encodeURIComponent(`-c search_path=${schema},public`);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres?options=${options}`,
    close: async () => {
      await db.exec(`DROP SCHEMA ${schema} CASCADE; DROP SCHEMA IF EXISTS ${schema}_tasks CASCADE`);
    },
  };
}

async function start() {
  const { PGlite, vector } = await import('../../../../../tools/pglite.ts');
  const db = await PGlite.create({ extensions: { vector } });
  await db.exec('CREATE EXTENSION vector');
  return { db, port: await new PgliteServer(db).listen() };
}
