import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StartThread } from './thread.ts';

export const startThread: StartThread = (source, data, onLost, niceness = 0) => {
  // On Linux alone a thread has a niceness of its own; elsewhere the whole process would change.
  const giveWay = niceness > 0 && process.platform === 'linux';
  const script = `${giveWay ? `require('node:os').setPriority(${niceness});` : ''}
${source}
work(require('node:worker_threads').workerData);`;
  const worker = new Worker(script, {
    eval: true,
    workerData: data,
    // What the process loads ahead of itself (`--require`, NODE_OPTIONS) is for the process: it may well
    // need more than the memory below.
    execArgv: [],
    env: {},
    // It makes no objects to speak of: what Node itself holds is less than 6 MB in its versions 22 to 26, and
    // V8's usual young generation alone would be 16 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  });
  let reason = 'it ended';
  let expected = false;
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => {
    if (!expected) onLost(reason);
  });
  worker.unref();
  return {
    terminate: async () => {
      expected = true;
      await worker.terminate();
    },
    keepAlive: (keep) => {
      if (keep) worker.ref();
      else worker.unref();
    },
  };
};

/** Threads that can run side by side without sharing a core, within the process's CPU limits. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), physicalCores()));
}

/** Two hardware threads of one core share its vector units, so the kernels gain nothing from both. */
function physicalCores(): number {
  const cores = new Set<string>();
  for (let cpu = 0; ; cpu++) {
    try {
      const path = `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`;
      cores.add(readFileSync(path, 'utf8').trim());
    } catch {
      break;
    }
  }
  return cores.size === 0 ? Number.POSITIVE_INFINITY : cores.size;
}

export const canShareMemory = (): boolean => true;

/** Nothing in Node forbids it. */
export const canStartThreads = async (): Promise<boolean> => true;
