import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';

/** Seconds after which what a process had claimed is anybody's again, once it has died. */
const CLAIM_SECONDS = 30;
const RENEW_MS = 10_000;
const END = 'clock_timestamp() + make_interval(secs => $3)';

/** What this process alone does at present. */
export interface Claim {
  release(): Promise<void>;
}

/**
 * Claims something for this process, by the clock of the database: a lock of a session would stay behind in a pooler, with
 * a session that is somebody else's by then. If this process is stopped for longer than a claim lasts, another may claim
 * the same, so what is done under a claim has to be right when two do it.
 *
 * @param what its name among all that is ever claimed: `job 7`.
 * @returns undefined where another process has it.
 */
export async function claim(connection: Connection, what: string): Promise<Claim | undefined> {
  const claimant = randomUUID();
  const mine = [what, claimant, CLAIM_SECONDS] as const;
  // Those of processes that died are nobody's.
  await connection.run('DELETE FROM claims WHERE ends < clock_timestamp()');
  const taken = await connection.run(
    `INSERT INTO claims (what, claimant, ends) VALUES ($1, $2, ${END}) ON CONFLICT DO NOTHING`,
    ...mine,
  );
  if (taken === 0) return undefined;
  const renew = () =>
    connection.run(`UPDATE claims SET ends = ${END} WHERE what = $1 AND claimant = $2`, ...mine);
  const renewing = setInterval(() => renew().catch(() => {}), RENEW_MS).unref();
  return {
    release: async () => {
      clearInterval(renewing);
      // What cannot be said now is over by itself before long.
      await connection
        .run('DELETE FROM claims WHERE what = $1 AND claimant = $2', what, claimant)
        .catch(() => {});
    },
  };
}
