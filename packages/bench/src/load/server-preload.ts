/**
 * Imported into the server's process before ClipQL: tells of its event loop and its memory, and ends
 * its threads, when the process that measures asks. ClipQL itself has no way in for this.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { keepWorkers } from '../kit/keep-workers.ts';
import type { ServerQuestion, ServerVitals } from './server.ts';

const RESOLUTION = 5;

const workers = keepWorkers();
const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();

process.on('message', (question: ServerQuestion) => {
  if (question.kind === 'kill') {
    for (const [worker, kind] of workers) {
      if (kind !== question.thread) continue;
      void worker.terminate();
      break;
    }
  }
  if (question.kind === 'reset') delay.reset();
  const vitals: ServerVitals = {
    // The histogram holds the whole interval between two looks.
    lagP99: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION),
    memory: process.memoryUsage(),
  };
  process.send!(vitals);
});
