import { moduleBeside } from '../../threads/module-beside.ts';
import { computeInThread } from '../compute-in-thread.ts';
import type { FiguresRequest } from './compute-figures.ts';
import type { Figures } from './evaluation.ts';

const SCRIPT = moduleBeside(import.meta.url, 'figures-worker');

/**
 * Computes the figures in a thread of their own.
 *
 * @param request its embeddings are handed over: they are gone here.
 * @throws the signal's reason once it is aborted: the thread ends then.
 */
export const figuresInThread = (request: FiguresRequest, signal: AbortSignal): Promise<Figures> =>
  computeInThread(SCRIPT, request, [request.embeddings.buffer as ArrayBuffer], signal);
