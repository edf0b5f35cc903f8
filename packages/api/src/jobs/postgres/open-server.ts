import { sharedCounts } from '../../access/postgres/shared-counts.ts';
import { openPostgresClassifiers } from '../../classifiers/postgres/postgres-classifiers.ts';
import { openPostgresCollections } from '../../collections/postgres/postgres-collections.ts';
import { ApiError } from '../../errors/api-error.ts';
import { isReachable } from '../../postgres/is-reachable.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { closeAll } from '../close-all.ts';
import type { Engine } from '../engine.ts';
import { JobWorker } from './job-worker.ts';
import { openNotices } from './notices.ts';
import { openPostgresJobs } from './open-jobs.ts';
import { openTaskQueue } from './task-queue.ts';

export interface ServerOptions {
  /** Whether tables are made and brought up to date. */
  readonly migrates: boolean;
  /** Whether this process runs jobs of servers. */
  readonly isWorker: boolean;
  readonly onUnexpected: (error: unknown) => void;
  /** Whether it goes on without a database that is away, until it comes. */
  readonly mayBeAway: boolean;
  readonly metrics: Metrics | undefined;
}

/**
 * @param url of a PostgreSQL database.
 * @throws ApiError STORE_UNAVAILABLE, STORE_TOO_NEW, STORE_FULL, STORE_DAMAGED.
 */
export async function openServer(
  url: string,
  { migrates, isWorker, onUnexpected, mayBeAway, metrics }: ServerOptions,
): Promise<Engine> {
  const onAway = mayBeAway ? onUnexpected : undefined;
  const postgres = await openPostgres(url, { migrates, onAway });
  const closing = [postgres.close];
  const close = () => closeAll(closing);
  try {
    const tasks = await openTaskQueue({ postgres, migrates, isWorker, mayBeAway, onUnexpected });
    closing.unshift(tasks.close);
    const notices = openNotices(postgres);
    closing.unshift(notices.close);
    const isReachableNow = isReachable(postgres);
    const collections = openPostgresCollections(postgres, {
      onIndexBuild: (outcome) => metrics?.indexBuilds.inc({ outcome }),
      onIndexFailure: onUnexpected,
    });
    closing.unshift(collections.close);
    return {
      collections,
      classifiers: openPostgresClassifiers(postgres),
      jobs: await openPostgresJobs(postgres, {
        onRunnable: tasks.addJob,
        onChange: notices.tell,
        notices,
      }),
      counts: sharedCounts(postgres),
      server: postgres,
      createWorker: (options) => new JobWorker({ ...options, postgres, tasks }),
      isThere: async () => (await isReachableNow()) && tasks.isThere(),
      backup: async () => {
        const expected = 'expected a data folder to back up, got a PostgreSQL database';
        throw new ApiError('BAD_OPTION', `${expected}, which pg_dump backs up`);
      },
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
