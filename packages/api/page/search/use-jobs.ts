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
      const known = followed.current.get(job.id);
      known?.tell(job);
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
    // The oldest first: they are under way.
    for (const job of first?.toReversed() ?? []) follow(job).catch(() => {});
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
        keep(job);
        follow(job).catch(() => {});
      },
      [ask, follow, keep],
    ),
  };
}

interface Following {
  /** Its last state. */
  readonly end: Promise<Job>;
  /** Takes a state from elsewhere, unless its stream tells of it. */
  readonly tell: (job: Job) => void;
}

/** Without a stream while it is paused: a page has few of them. */
function followUntilOver(
  job: Job,
  signal: AbortSignal,
  onState: (state: Job, last: Job) => void,
): Following {
  let latest = job;
  let isStreaming = false;
  let turn = new AbortController();
  const take = (state: Job) => {
    const last = latest;
    latest = state;
    onState(state, last);
    if ((state.state === 'PAUSED') !== (last.state === 'PAUSED') || !isOpen(state)) turn.abort();
  };
  const next = (state: Job) => {
    isStreaming = true;
    take(state);
  };
  const run = async () => {
    while (isOpen(latest)) {
      turn = new AbortController();
      isStreaming = false;
      if (latest.state === 'PAUSED') await aborted(turn.signal);
      else await followFor(job.id, next, AbortSignal.any([signal, turn.signal]), turn.signal);
    }
    return latest;
  };
  return { end: run(), tell: (state) => isStreaming || take(state) };
}

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve));

/** Follows a job until it is over, or another state has come from elsewhere. */
async function followFor(
  id: string,
  onState: (state: Job) => void,
  signal: AbortSignal,
  elsewhere: AbortSignal,
): Promise<void> {
  try {
    await subscribe(followOperation(id), onState, signal);
  } catch (error) {
    if (!elsewhere.aborted) throw error;
  }
}
