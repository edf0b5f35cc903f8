import { randomUUID } from 'node:crypto';
import type { Connection } from '../../postgres/connection.ts';
import type { JobClaim } from '../job-store.ts';

/** Seconds after which a job is anybody's again whose process has died. */
const CLAIM_SECONDS = 30;
const RENEW_MS = 10_000;

/**
 * Takes a job for this process, by the clock of the database: a lock of a session would not outlive a pooler.
 * If this process is stopped for longer than a claim lasts, another may take the job as well; what both do
 * is done once, for it is the items' rows that tell what is left to do.
 */
export async function claimJob(connection: Connection, id: string): Promise<JobClaim | undefined> {
  const claimant = randomUUID();
  const renew = () =>
    connection.run(
      `UPDATE jobs SET claimed_by = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1 AND (claimed_by = $2 OR claimed_until IS NULL OR claimed_until < clock_timestamp())`,
      id,
      claimant,
      CLAIM_SECONDS,
    );
  if ((await renew()) === 0) return undefined;
  const renewing = setInterval(() => renew().catch(() => {}), RENEW_MS).unref();
  return {
    release: async () => {
      clearInterval(renewing);
      // What cannot be said now is over by itself before long.
      await connection
        .run('UPDATE jobs SET claimed_until = NULL WHERE id = $1 AND claimed_by = $2', id, claimant)
        .catch(() => {});
    },
  };
}
