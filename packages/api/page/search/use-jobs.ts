import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askChange, changeOperation } from '../server/change.ts';
import type { Value } from '../server/operation.ts';
import { subscribe } from '../server/subscribe.ts';
import { followOperation, isOpen, JOB, type Job } from './job.ts';

type JobChange = 'pauseJob' | 'resumeJob' | 'cancelJob' | 'retryJob';

export interface Jobs {
  /** The newest first. */
  readonly jobs: readonly Job[];
  /** Starts indexing, as `StartIndexInput`. @throws ServerError. */
  readonly startIndex: (input: Value, signal: AbortSignal) => Promise<Job>;
  /** @returns a job when it is over. @throws ServerError. */
  readonly follow: (job: Job) => Promise<Job>;
  /** @throws ServerError. */
  readonly change: (id: string, change: JobChange) => Promise<void>;
}

/**
 * The jobs of this caller, each followed until it is over.
 *
 * @param first those that are known.
 * @param onChange is told when one has written more, or has ended.
 */
export function useJobs(first: readonly Job[] | undefined, onChange: (job: Job) => void): Jobs {
  const [jobs, setJobs] = useState<ReadonlyMap<string, Job>>(new Map());
  const followed = useRef(new Map<string, Promise<Job>>());
  const changed = useRef(onChange);
  changed.current = onChange;
  const control = useRef(new AbortController());

  const keep = useCallback((job: Job) => setJobs((last) => new Map(last).set(job.id, job)), []);
  const follow = useCallback(
    (job: Job): Promise<Job> => {
      // One that is followed is known better.
      const known = followed.current.get(job.id);
      if (known !== undefined) return known;
      keep(job);
      if (!isOpen(job)) return Promise.resolve(job);
      let latest = job;
      const next = (state: Job) => {
        const isMore = state.done > latest.done;
        latest = state;
        keep(state);
        if (isMore) changed.current(state);
      };
      const following = subscribe<Job>(followOperation(job.id), next, control.current.signal)
        .then(() => latest)
        .finally(() => {
          followed.current.delete(job.id);
          if (!control.current.signal.aborted) changed.current(latest);
        });
      followed.current.set(job.id, following);
      return following;
    },
    [keep],
  );

  useEffect(() => {
    // Of one that cannot be followed, its last state stays on the screen.
    for (const job of first ?? []) follow(job).catch(() => {});
  }, [first, follow]);
  useEffect(() => () => control.current.abort(), []);

  const ask = useCallback(
    async (field: string, type: string, input: Value, signal: AbortSignal): Promise<Job> => {
      const operation = changeOperation(field, type, input, `job { ${JOB} }`);
      return (await askChange<{ readonly job: Job }>(operation, signal)).job;
    },
    [],
  );
  return {
    jobs: [...jobs.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
    startIndex: useCallback(
      async (input, signal) => {
        const job = await ask('startIndex', 'StartIndexInput', input, signal);
        follow(job).catch(() => {});
        return job;
      },
      [ask, follow],
    ),
    follow,
    change: useCallback(
      async (id, field) => {
        const job = await ask(field, 'JobChangeInput', { id }, control.current.signal);
        follow(job).catch(() => {});
      },
      [ask, follow],
    ),
  };
}
