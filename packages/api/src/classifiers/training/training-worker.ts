/** The script of a thread that trains probes: examples in, a probe out. */
import { parentPort } from 'node:worker_threads';
import { trainLinearProbe } from '@clipql/core';
import type { TrainingReply, TrainingRequest } from './trainer.ts';

parentPort!.on('message', (request: TrainingRequest) => {
  const start = performance.now();
  const probe = trainLinearProbe(request);
  parentPort!.postMessage({
    probe,
    milliseconds: performance.now() - start,
  } satisfies TrainingReply);
});
