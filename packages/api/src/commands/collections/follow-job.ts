import { SHARED } from '../../access/owner.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import type { Job } from '../../jobs/job.ts';
import { createProgress, type Progress } from '../progress.ts';
import type { LocalStore } from './local-store.ts';

/**
 * Runs a job and shows how far it is, until it is over or somebody pauses it. Ctrl-C ends the process, and the job
 * goes on when it is run again.
 *
 * @returns its last state.
 */
export async function followJob(store: LocalStore, job: Job, quiet: boolean): Promise<Job> {
  let last = job;
  let progress: Progress | undefined;
  const forgetSignals = stopOnSignals(
    () => progress?.end(),
    async () => {
      await store.runner.stop();
      const { total = 0 } = last;
      const kept = `clipql: stopped; ${grouped(finished(last))} of ${counted(total, 'image is', 'images are')} done, the same command goes on`;
      if (!quiet) process.stderr.write(`${kept}\n`);
    },
  );
  // Neither threads nor the feed keep the process from ending.
  const waiting = setInterval(() => {}, 2 ** 30);
  store.run(job);
  try {
    for await (const state of store.jobs.watch(SHARED, job.id)) {
      last = state;
      const { total } = state;
      if (total !== undefined && total > 0) {
        progress ??= createProgress({ unit: 'images', total, start: finished(job), quiet });
        progress.update(finished(state));
      }
      if (state.state === 'PAUSED') break;
    }
    return last;
  } finally {
    clearInterval(waiting);
    progress?.end();
    forgetSignals();
  }
}

const finished = ({ done, unchanged, failed }: Job): number => done + unchanged + failed;

/** The first signal ends in order; a second one at once. */
function stopOnSignals(begin: () => void, stop: () => Promise<void>): () => void {
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    forget();
    begin();
    const exit = () => process.exit(signal === 'SIGINT' ? 130 : 143);
    void stop().then(exit, exit);
  };
  const forget = () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return forget;
}
