/** The script of a thread that computes the figures of one evaluation. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay, NICENESS } from '../../threads/give-way.ts';
import { computeFigures } from './compute-figures.ts';

giveWay(NICENESS.background);
parentPort!.postMessage(computeFigures(workerData));
