import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { THREAD_ARGUMENTS } from '../threads/module-beside.ts';

/**
 * Computes something in a thread of its own.
 *
 * @param script posts one message, the result, of its `workerData`.
 * @param request what the buffers of `handedOver` belong to: they are gone here.
 * @throws the signal's reason once it is aborted: the thread ends then.
 */
export async function computeInThread<Request, Result>(
  script: URL,
  request: Request,
  handedOver: readonly ArrayBuffer[],
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const worker = new Worker(script, {
    workerData: request,
    transferList: [...handedOver],
    execArgv: THREAD_ARGUMENTS,
  });
  try {
    const [result] = await once(worker, 'message', { signal });
    return result;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    worker.removeAllListeners().on('error', () => {});
    await worker.terminate();
  }
}
