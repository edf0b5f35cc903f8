import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { moduleBeside, THREAD_ARGUMENTS } from '../../threads/module-beside.ts';
import type { FiguresRequest } from './compute-figures.ts';
import type { Figures } from './evaluation.ts';

const SCRIPT = moduleBeside(import.meta.url, 'figures-worker');
/**
 * Computes the figures in a thread of their own.
 *
 * @param request its embeddings are handed over: they are gone here.
 * @throws the signal's reason once it is aborted: the thread ends then.
 */
export async function figuresInThread(
  request: FiguresRequest,
  signal: AbortSignal,
): Promise<Figures> {
  signal.throwIfAborted();
  const worker = new Worker(SCRIPT, {
    workerData: request,
    transferList: [request.embeddings.buffer as ArrayBuffer],
    execArgv: THREAD_ARGUMENTS,
  });
  try {
    const [figures] = await once(worker, 'message', { signal });
    return figures;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    worker.removeAllListeners().on('error', () => {});
    await worker.terminate();
  }
}
