import type { Operation } from '../server/operation.ts';

/** Work of the server that takes long. */
export interface Job {
  readonly id: string;
  readonly kind: 'INDEX' | 'DELETE' | 'REEMBED';
  readonly state: 'QUEUED' | 'RUNNING' | 'PAUSED' | 'DONE' | 'FAILED' | 'CANCELLED';
  readonly collection: string;
  /** In ISO 8601. */
  readonly createdAt: string;
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly secondsLeft: number | null;
  readonly error: { readonly message: string } | null;
}

export interface JobFailure {
  readonly key: string;
  readonly source: string;
  readonly error: { readonly message: string };
}

export interface FailurePage {
  readonly nodes: readonly JobFailure[];
  readonly next: string | null;
}

export const JOB =
  'id kind state collection createdAt total done failed unchanged secondsLeft error { message }';

/** Whether it may still change by itself, or by `resumeJob`. */
export const isOpen = ({ state }: Job): boolean =>
  state === 'QUEUED' || state === 'RUNNING' || state === 'PAUSED';

export const followOperation = (id: string): Operation => ({
  kind: 'subscription',
  name: 'FollowJob',
  field: 'job',
  args: [{ name: 'id', type: 'ID!', value: id }],
  selection: JOB,
});

/** A page of what a job gave up, with the server’s sentences. */
export const failuresOperation = (id: string, after: string | null): Operation => ({
  kind: 'query',
  name: 'Failures',
  field: 'job',
  args: [{ name: 'id', type: 'ID!', value: id }],
  inner: [
    { name: 'first', type: 'Int', value: 50 },
    { name: 'after', type: 'String', value: after },
  ],
  selection:
    'failures(first: $first, after: $after) { nodes { key source error { message } } next }',
});
