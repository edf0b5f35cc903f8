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
  const followed = useRef(new Map<string, Following>());
  const changed = useRef(onChange);
  changed.current = onChange;
  const control = useRef(new AbortController());

  const keep = useCallback((job: Job) => setJobs((last) => new Map(last).set(job.id, job)), []);
  const follow = useCallback(
    (job: Job): Promise<Job> => {
      // One that is followed is known better, but a paused one is not followed before it goes on.
      const known = followed.current.get(job.id);
      if (job.state !== 'PAUSED') known?.goOn(job);
      if (known !== undefined) return known.end;
      keep(job);
      if (!isOpen(job)) return Promise.resolve(job);
      const following = followUntilOver(job, control.current.signal, (state, last) => {
        keep(state);
        if (state.done > last.done) changed.current(state);
      });
      const end = following.end.finally(() => followed.current.delete(job.id));
      followed.current.set(job.id, { ...following, end });
      return end.then((latest) => {
        changed.current(latest);
        return latest;
      });
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

interface Following {
  /** Its last state. */
  readonly end: Promise<Job>;
  /** Follows it on from a state, where it was paused. */
  readonly goOn: (job: Job) => void;
}

/** Without a stream while it is paused: a page has few of them. */
function followUntilOver(
  job: Job,
  signal: AbortSignal,
  onState: (state: Job, last: Job) => void,
): Following {
  let latest = job;
  let wake = (_job: Job) => {};
  const take = (state: Job) => {
    const last = latest;
    latest = state;
    onState(state, last);
  };
  const run = async () => {
    while (isOpen(latest)) {
      if (latest.state === 'PAUSED') take(await new Promise<Job>((resolve) => (wake = resolve)));
      else await followUntilPaused(latest, signal, take);
    }
    return latest;
  };
  return { end: run(), goOn: (state) => wake(state) };
}

async function followUntilPaused(
  { id }: Job,
  signal: AbortSignal,
  onState: (state: Job) => void,
): Promise<void> {
  const paused = new AbortController();
  const next = (state: Job) => {
    onState(state);
    if (state.state === 'PAUSED') paused.abort();
  };
  await subscribe(followOperation(id), next, AbortSignal.any([signal, paused.signal])).catch(
    (error: Error) => {
      if (!paused.signal.aborted) throw error;
    },
  );
}
