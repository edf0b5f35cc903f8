import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asSentence } from '../parts/as-sentence.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { WithCode } from '../parts/with-code.tsx';
import { askOperation, ServerError } from '../server/ask.ts';
import { TEXTS } from '../texts.ts';
import './job-list.css';
import { type FailurePage, failuresOperation, isOpen, type Job, type JobFailure } from './job.ts';
import type { Jobs } from './use-jobs.ts';

const INDEX = TEXTS.index;

interface JobListProps extends Pick<Jobs, 'jobs' | 'change'> {
  readonly collection: string;
  /** Gets its element, where there is anything to show. */
  readonly element: RefObject<HTMLElement | null>;
}

/** What is under way in a collection, and what has failed there. */
export function JobList({ jobs, collection, change, element }: JobListProps) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const shown = jobs.filter(
    (job) =>
      job.collection === collection &&
      !hidden.includes(job.id) &&
      (isOpen(job) || job.failed > 0 || job.state === 'FAILED'),
  );
  if (shown.length === 0) return null;
  return (
    <section class="stack jobs" ref={element} aria-label={INDEX.jobs}>
      {shown.map((job) => (
        <JobCard
          key={job.id}
          job={job}
          change={change}
          onHide={() => setHidden([...hidden, job.id])}
        />
      ))}
    </section>
  );
}

interface JobCardProps extends Pick<Jobs, 'change'> {
  readonly job: Job;
  readonly onHide: () => void;
}

function JobCard({ job, change, onHide }: JobCardProps) {
  const { id, kind, state, done, total, failed, unchanged, secondsLeft, error } = job;
  const [refusal, setRefusal] = useState<Error>();
  const ask = (what: Parameters<typeof change>[1]) => {
    setRefusal(undefined);
    change(id, what).catch(setRefusal);
  };
  const facts = [
    INDEX.states[state],
    INDEX.progress(done + failed, total),
    ...(failed > 0 ? [INDEX.failed(failed)] : []),
    ...(unchanged > 0 ? [INDEX.unchanged(unchanged)] : []),
    ...(secondsLeft !== null && state === 'RUNNING' ? [INDEX.left(secondsLeft)] : []),
  ];
  return (
    <article class="card job stack" aria-label={INDEX.kinds[kind]}>
      <div class="job-head">
        <h2>{INDEX.kinds[kind]}</h2>
        <p class="quiet">{facts.join(' · ')}</p>
        <p class="visually-hidden" role="status">
          {isOpen(job) ? INDEX.states[state] : facts.join(', ')}
        </p>
      </div>
      {isOpen(job) && (
        <progress
          aria-label={INDEX.kinds[kind]}
          max={total ?? 1}
          {...(total !== null && { value: done + failed })}
        />
      )}
      {error !== null && <ErrorNote error={new ServerError(error.message)} />}
      {refusal !== undefined && <ErrorNote error={refusal} />}
      <div class="row">
        {(state === 'QUEUED' || state === 'RUNNING') && (
          <button type="button" onClick={() => ask('pauseJob')}>
            {INDEX.pause}
          </button>
        )}
        {(state === 'PAUSED' || state === 'FAILED') && (
          <button type="button" class="primary" onClick={() => ask('resumeJob')}>
            {INDEX.resume}
          </button>
        )}
        {isOpen(job) && (
          <button type="button" onClick={() => ask('cancelJob')}>
            {INDEX.cancel}
          </button>
        )}
        {failed > 0 && !isOpen(job) && (
          <button type="button" onClick={() => ask('retryJob')}>
            {INDEX.retry}
          </button>
        )}
        {!isOpen(job) && (
          <button type="button" class="plain" onClick={onHide}>
            {INDEX.dismiss}
          </button>
        )}
      </div>
      {failed > 0 && <Failures id={id} failed={failed} />}
    </article>
  );
}

interface FailuresProps {
  readonly id: string;
  readonly failed: number;
}

/** What a job gave up and why, page by page. */
function Failures({ id, failed }: FailuresProps) {
  const [isOpened, setIsOpened] = useState(false);
  const [after, setAfter] = useState<string | null>(null);
  const [pages, setPages] = useState<readonly JobFailure[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<Error>();
  // Anew when more have failed.
  useEffect(() => {
    if (!isOpened) return;
    const control = new AbortController();
    const operation = failuresOperation(id, after);
    askOperation<{ readonly failures: FailurePage }>(operation, control.signal).then(
      ({ failures }) => {
        setPages((last) => (after === null ? failures.nodes : [...last, ...failures.nodes]));
        setNext(failures.next);
      },
      (failure: Error) => control.signal.aborted || setError(failure),
    );
    return () => control.abort();
  }, [id, after, isOpened, failed]);
  return (
    <details onToggle={(event) => setIsOpened(event.currentTarget.open)}>
      <summary>{INDEX.failures(failed)}</summary>
      <ul class="failures">
        {pages.map(({ key, error: { message } }) => (
          <li key={key}>
            <bdi class="failure-key">{key}</bdi>
            <span dir="auto">
              <WithCode text={asSentence(message)} />
            </span>
          </li>
        ))}
      </ul>
      {error !== undefined && <ErrorNote error={error} />}
      {next !== null && (
        <button type="button" onClick={() => setAfter(next)}>
          {INDEX.moreFailures}
        </button>
      )}
    </details>
  );
}
