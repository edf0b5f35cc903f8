/** The script of a thread that computes the figures of one evaluation. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { computeFigures } from './compute-figures.ts';

const NICENESS = 10;
// Behind what others wait for. Elsewhere than on Linux this would slow the whole process down.
if (process.platform === 'linux') setPriority(NICENESS);
parentPort!.postMessage(computeFigures(workerData));
