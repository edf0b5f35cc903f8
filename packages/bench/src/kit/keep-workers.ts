import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';

/** What a thread is for: core's run a script that is a text, the server's own a file. */
export type ThreadKind = 'inference' | 'decode';

/**
 * Keeps a list of all threads that are started from now on, by replacing the class Worker of
 * `node:worker_threads`: to be called before what is measured is loaded.
 *
 * @returns the threads that run.
 */
export function keepWorkers(): ReadonlyMap<Worker, ThreadKind> {
  const threads = createRequire(import.meta.url)('node:worker_threads');
  const workers = new Map<Worker, ThreadKind>();
  threads.Worker = class extends threads.Worker {
    constructor(script: string | URL, ...parts: unknown[]) {
      super(script, ...parts);
      const worker = this as unknown as Worker;
      workers.set(worker, script instanceof URL ? 'decode' : 'inference');
      worker.once('exit', () => workers.delete(worker));
    }
  };
  syncBuiltinESMExports();
  return workers;
}
