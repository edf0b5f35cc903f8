import type { Context } from '../../../../answers/context.ts';
import type { Job as Kept } from '../../../../jobs/job.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { Job } from './job.ts';
import { jobId } from './job-id.ts';

export const JobPayload = builder.objectRef<Change<Kept>>('JobPayload').implement({
  description: 'A job, or why nothing was done.',
  fields: (t) => ({
    job: t.expose('done', { type: Job, nullable: true, description: 'The job, as it is now.' }),
    errors: t.field(ERRORS),
  }),
});

const JobChangeInput = builder.inputType('JobChangeInput', {
  description: 'A job to change.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its `id`.' }) }),
});

type JobChange = (context: Context, id: string) => Promise<Kept>;

const CHANGES: Readonly<Record<string, readonly [description: string, change: JobChange]>> = {
  pauseJob: [
    'Stops a job where it is, until `resumeJob`.',
    ({ jobs, owner }, id) => jobs.pause(owner, id),
  ],
  resumeJob: [
    'Lets a job go on that is paused, or that failed as a whole.',
    ({ jobs, owner }, id) => jobs.resume(owner, id),
  ],
  cancelJob: [
    'Calls a job off. What it has done stays.',
    ({ jobs, owner }, id) => jobs.cancel(owner, id),
  ],
  retryJob: [
    'Tries again what a job gave up.',
    ({ jobs, owner }, id) => jobs.retryFailed(owner, id),
  ],
};

for (const [name, [description, change]] of Object.entries(CHANGES)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: JobPayload,
      nullable: true,
      description,
      args: { input: t.arg({ type: JobChangeInput, required: true, description: 'Which job.' }) },
      price: {},
      resolve: (_root, { input: { id } }, context) =>
        changeBy(context, () => change(context, jobId(String(id)))),
    }),
  );
}
