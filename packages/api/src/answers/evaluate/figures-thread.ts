import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FiguresRequest } from './compute-figures.ts';
import type { Figures } from './evaluation.ts';

const EXTENSION = extname(fileURLToPath(import.meta.url));
const SCRIPT = new URL(`./figures-worker${EXTENSION}`, import.meta.url);
/** Run from its sources, as tests do, core is taken from its sources too. */
const SOURCE_ARGUMENTS = EXTENSION === '.ts' ? ['--conditions=clipql-source'] : [];

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
    execArgv: SOURCE_ARGUMENTS,
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
