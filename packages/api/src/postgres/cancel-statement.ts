import pg from 'pg';

/**
 * Asks a server to end the statement of one of its processes, over a connection of its own: those of a pool may all be busy.
 *
 * @param pid of a process that serves the same role.
 * @throws what `pg` throws.
 */
export async function cancelStatement(settings: pg.ClientConfig, pid: number): Promise<void> {
  const client = new pg.Client(settings);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [pid]);
  } finally {
    await client.end();
  }
}
