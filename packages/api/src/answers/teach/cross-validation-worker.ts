/** The script of a thread that cross-validates one classifier. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay, NICENESS } from '../../threads/give-way.ts';
import { computeCrossValidation } from './compute-cross-validation.ts';

giveWay(NICENESS.background);
const { training, folds } = workerData;
parentPort!.postMessage(computeCrossValidation(training, folds));
