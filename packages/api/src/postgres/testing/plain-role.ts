import pg from 'pg';
import type { RealPostgres } from './real-postgres.ts';

/** Runs SQL as the superuser of a database. */
export async function asSuperuser(address: string, ...statements: readonly string[]) {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The same database for another role. */
export function urlOf(address: string, role: string): string {
  const url = new URL(address);
  url.username = role;
  return url.href;
}

/** @returns a statement that makes a role that may log in and nothing else, unless it is there. */
export const createRole = (role: string): string =>
  `DO $$ BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} LOGIN; END IF;
   END $$`;

/**
 * A new, empty database with what its operator prepares once, as docs/scale.md says.
 *
 * @returns its address for a role that is no superuser.
 */
export async function createPlainDatabase(server: RealPostgres, name: string): Promise<string> {
  const address = await server.createDatabase(name);
  await asSuperuser(
    address,
    createRole('plain'),
    'GRANT CREATE ON SCHEMA public TO plain',
    `GRANT CREATE ON DATABASE ${pg.escapeIdentifier(name)} TO plain`,
    'CREATE EXTENSION vector',
  );
  return urlOf(address, 'plain');
}
