import { instantiateKernels } from './kernels.ts';
import { type Job, Team, type TeamOptions } from './team.ts';

/** Runs a job on the threads it has, or on the calling one. */
export interface Runner {
  run(job: Job): Promise<void> | void;
  dispose(): void;
}

/** @param shared whether the memory is, so that threads of their own can run the kernels. */
export function createRunner(options: TeamOptions, shared: boolean): Runner {
  return shared ? new Team(options) : singleThread(options);
}

function singleThread({ module, memory, control }: TeamOptions): Runner {
  const kernels = instantiateKernels(module, memory);
  return {
    run: (job) => {
      kernels.run(...job, control, 0, 1);
    },
    dispose: () => {},
  };
}
