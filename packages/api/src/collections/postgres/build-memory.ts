import pg from 'pg';

/** The most that is asked for, in MB. */
const MOST_MB = 512;

/** What a vector takes in the graph of an HNSW index while it is made, beside its numbers. */
const GRAPH_BYTES = 512;
const HALF_BYTES = 2;

/** “Insufficient resources”: among them, shared memory that is smaller than what was asked for. */
const NO_RESOURCES = /^53/;

/**
 * Makes an index with as much `maintenance_work_mem` as its graph needs, up to a bound, where nobody has set how much:
 * PostgreSQL's own default is so little that a large index takes many times as long. Where the server does not have that
 * much, it is made with the default.
 *
 * @param client of a session that nobody else uses.
 * @param build makes the index, or makes it anew.
 */
export async function withBuildMemory(
  client: pg.Client,
  { vectors, dimensions }: { readonly vectors: number; readonly dimensions: number },
  build: () => Promise<void>,
): Promise<void> {
  const bytes = vectors * (HALF_BYTES * dimensions + GRAPH_BYTES);
  const wanted = Math.min(MOST_MB, Math.ceil(bytes / 2 ** 20));
  const { rows } = await client.query<{ readonly isDefault: boolean; readonly mb: number }>(
    `SELECT source = 'default' AS "isDefault", setting::integer / 1024 AS mb
     FROM pg_settings WHERE name = 'maintenance_work_mem'`,
  );
  const { isDefault, mb } = rows[0]!;
  if (!isDefault || wanted <= mb) return build();
  const reset = () => client.query('RESET maintenance_work_mem');
  await client.query(`SET maintenance_work_mem = '${wanted}MB'`);
  try {
    await build();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && NO_RESOURCES.test(error.code ?? ''))) throw error;
    await reset();
    await build();
  } finally {
    // A pooler may give the session to others.
    await reset();
  }
}
