import { type PublicError, shownToClients } from '../../../../errors/public-error.ts';
import type {
  JobFailure as Failure,
  FailurePage,
  Job as Kept,
  JobState as State,
} from '../../../../jobs/job.ts';
import { builder } from '../builder.ts';
import '../date-time.ts';
import { UserError } from '../error.ts';
import { jobId } from './job-id.ts';
import { PAGE_ARGS, pageSize } from './page.ts';

const KIND_MEANINGS: Record<Kept['work']['kind'], string> = {
  INDEX: 'Adds images, or brings them up to date.',
  REEMBED: 'Moves a collection to another model.',
  DELETE: 'Deletes the items that pass a filter.',
};

const STATE_MEANINGS: Record<State, string> = {
  QUEUED: 'It waits for its turn.',
  RUNNING: 'It is under way.',
  PAUSED: 'It waits to be resumed.',
  DONE: 'It is over; items of a job may have failed.',
  FAILED: 'It ended before its end: see `error`. It can be resumed.',
  CANCELLED: 'It was called off. What it has done stays.',
};

const described = <Name extends string>(meanings: Record<Name, string>) =>
  Object.fromEntries(
    Object.entries<string>(meanings).map(([name, description]) => [
      name,
      { value: name, description },
    ]),
  ) as Record<Name, { value: Name; description: string }>;

const JobKind = builder.enumType('JobKind', {
  description: 'What a job does.',
  values: described(KIND_MEANINGS),
});

export const JobState = builder.enumType('JobState', {
  description: 'How far a job, or a picture, is.',
  values: described(STATE_MEANINGS),
});

const JobFailure = builder.objectRef<Failure>('JobFailure').implement({
  description: 'An image that a job gave up.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The key that the item would have.' }),
    source: t.exposeString('source', { description: 'The path or URL of the image.' }),
    error: t.field({
      type: UserError,
      description: 'Why it failed.',
      resolve: ({ error }) => shownToClients(error),
    }),
  }),
});

const JobFailures = builder.objectRef<FailurePage>('JobFailures').implement({
  description: 'What a job gave up, in the order in which it came.',
  fields: (t) => ({
    nodes: t.field({
      type: [JobFailure],
      description: 'The failures.',
      price: (_args, { within }) => ({ length: within.page ?? 0 }),
      resolve: ({ failures }) => [...failures],
    }),
    next: t.exposeString('next', {
      nullable: true,
      description: 'The value of `after` for the next page; null if there is none.',
    }),
  }),
});

export const Job = builder.objectRef<Kept>('Job');

builder.node(Job, {
  description: 'Work that takes long. It is kept on the disk, and goes on after a restart.',
  id: { resolve: ({ id }) => id },
  loadOne: (id, { jobs, owner }) => jobs.get(owner, id).catch(() => null),
  fields: (t) => ({
    kind: t.field({
      type: JobKind,
      description: 'What it does.',
      resolve: ({ work }) => work.kind,
    }),
    state: t.expose('state', { type: JobState, description: 'How far it is.' }),
    collection: t.exposeString('collection', { description: 'Name of its collection.' }),
    total: t.exposeInt('total', {
      nullable: true,
      description: 'All items that it is about; null until they are listed.',
    }),
    done: t.exposeInt('done', { description: 'Items that were written or deleted.' }),
    failed: t.exposeInt('failed', { description: 'Items that were given up: see `failures`.' }),
    unchanged: t.exposeInt('unchanged', {
      description: 'Items that were there already, from the same file.',
    }),
    perSecond: t.exposeFloat('perSecond', {
      nullable: true,
      description: 'Items a second, of late; null unless it runs.',
    }),
    secondsLeft: t.exposeFloat('secondsLeft', {
      nullable: true,
      description: 'Seconds until its end, at this rate.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time of creation.',
      resolve: ({ createdAt }) => createdAt.toISOString(),
    }),
    error: t.field({
      type: UserError,
      nullable: true,
      description: 'Why it is FAILED.',
      resolve: ({ error }): PublicError | undefined => error && shownToClients(error),
    }),
    failures: t.field({
      type: JobFailures,
      nullable: true,
      description: 'Items that were given up, page by page. `retryJob` tries them again.',
      args: PAGE_ARGS,
      price: ({ first }) => ({ holds: { page: pageSize(first) } }),
      resolve: ({ id }, { first, after }, { jobs, owner }) =>
        jobs.failures(owner, id, { first: pageSize(first), ...(after && { after }) }),
    }),
  }),
});

builder.queryField('jobs', (t) =>
  t.field({
    type: [Job],
    nullable: true,
    description: 'Your jobs, the newest first.',
    args: {
      first: PAGE_ARGS.first,
      before: t.arg.id({ description: 'Go on before this job: the last one of the page before.' }),
    },
    price: ({ first }) => ({ length: pageSize(first) }),
    resolve: async (_root, { first, before }, { jobs, owner }) => [
      ...(await jobs.list(owner, {
        first: pageSize(first),
        ...(before != null && { before: jobId(String(before)) }),
      })),
    ],
  }),
);

builder.queryField('job', (t) =>
  t.field({
    type: Job,
    nullable: true,
    description: 'One of your jobs.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    price: {},
    resolve: (_root, { id }, { jobs, owner }) => jobs.get(owner, jobId(String(id))),
  }),
);

builder.subscriptionType({ description: 'What goes on, as server-sent events.' });

builder.subscriptionField('job', (t) =>
  t.field({
    type: Job,
    nullable: true,
    description:
      'The states of a job, the present one first and at most four a second, until it is over. To resume, subscribe again.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    price: {},
    subscribe: async (_root, { id }, { jobs, owner }) => {
      const job = await jobs.get(owner, jobId(String(id)));
      return jobs.watch(owner, job.id);
    },
    resolve: (job) => job,
  }),
);
