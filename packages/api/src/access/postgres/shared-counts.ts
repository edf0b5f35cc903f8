import { createHash } from 'node:crypto';
import type { Connection } from '../../postgres/connection.ts';
import { MINUTE_MS, type SharedCounts } from '../rate-limits.ts';

/** Milliseconds between looks for minutes that are over. */
const SWEEP_MS = 10 * MINUTE_MS;

/** Counts requests in one row a caller, by the clock of the database. */
export function sharedCounts(connection: Connection): SharedCounts {
  let sweptAt = performance.now();
  const sweep = () => {
    if (performance.now() - sweptAt < SWEEP_MS) return;
    sweptAt = performance.now();
    connection.run('DELETE FROM request_counts WHERE ends < clock_timestamp()').catch(() => {});
  };
  return async (policy, caller) => {
    sweep();
    const counted = await connection.first<{ readonly used: number; readonly left: number }>(
      `INSERT INTO request_counts (policy, caller, used, ends)
       VALUES ($1, $2, 1, clock_timestamp() + interval '1 minute')
       ON CONFLICT (policy, caller) DO UPDATE SET
         used = CASE WHEN request_counts.ends > clock_timestamp() THEN request_counts.used + 1 ELSE 1 END,
         ends = CASE WHEN request_counts.ends > clock_timestamp() THEN request_counts.ends ELSE excluded.ends END
       RETURNING used, extract(epoch FROM ends - clock_timestamp())::float8 * 1000 AS left`,
      policy,
      // Names are of any length and may hold anything.
      createHash('sha256').update(caller).digest(),
    );
    return { used: counted!.used, left: Math.round(counted!.left) };
  };
}
