import { Worker } from 'node:worker_threads';
import { ClipError, type LinearProbe } from '@clipql/core';
import type { Owner } from '../../access/owner.ts';
import { oneLine } from '../../errors/one-line.ts';
import { FairQueue } from '../../inference/fair-queue.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { withQueuedSpans } from '../../telemetry/tracing.ts';
import { moduleBeside, THREAD_ARGUMENTS } from '../../threads/module-beside.ts';
import type { TrainingSet } from '../classifier.ts';

/** What `trainLinearProbe` takes. */
export interface TrainingRequest extends Pick<TrainingSet, 'texts'> {
  readonly examples: Pick<TrainingSet['examples'], 'embeddings' | 'classes'>;
  readonly logitScale: number;
}

export interface TrainingReply {
  readonly probe: LinearProbe;
  /** How long it took, without the wait. */
  readonly milliseconds: number;
}

interface Training extends PromiseWithResolvers<TrainingReply> {
  readonly request: TrainingRequest;
}

const SCRIPT = moduleBeside(import.meta.url, 'training-worker');
/**
 * Trains probes one at a time, in a thread that is started when it is first needed: the event loop does
 * not wait for seconds of mathematics. Owners take turns.
 */
export class Trainer {
  readonly #queue = new FairQueue<Training>();
  readonly #metrics: Pick<Metrics, 'stageSeconds'> | undefined;
  #worker: Worker | undefined;
  #current: Training | undefined;
  #isClosed = false;

  constructor(metrics?: Pick<Metrics, 'stageSeconds'>) {
    this.#metrics = metrics;
  }

  /** @throws ClipError WORKER_LOST where the thread died, or was closed. */
  async train(request: TrainingRequest, owner: Owner): Promise<LinearProbe> {
    const training = { request, ...Promise.withResolvers<TrainingReply>() };
    const work = () => {
      const cost = request.texts.length * request.examples.classes.length;
      this.#queue.add(training, { party: owner }, cost);
      this.#next();
      return training.promise;
    };
    const { probe, milliseconds } = await withQueuedSpans(
      'train',
      work,
      (reply) => reply.milliseconds,
    );
    this.#metrics?.stageSeconds.observe({ stage: 'train' }, milliseconds / 1000);
    return probe;
  }

  /** Ends the thread. What it was training fails, and so does all that waits or comes later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #next(): void {
    const next = this.#current === undefined ? this.#queue.next() : undefined;
    if (next === undefined) return;
    this.#queue.take(next);
    this.#current = next;
    if (this.#isClosed) {
      this.#lose('it was closed');
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(next.request);
  }

  #start(): Worker {
    const worker = new Worker(SCRIPT, { execArgv: THREAD_ARGUMENTS });
    let reason = 'it ended';
    worker.on('error', (error) => {
      reason = error instanceof Error ? oneLine(error.message) : String(error);
    });
    worker.on('message', (reply: TrainingReply) => this.#end(({ resolve }) => resolve(reply)));
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#lose(reason);
    });
    return worker;
  }

  #lose(reason: string): void {
    const message = `expected a thread that trains, got one that died: ${reason}`;
    this.#end(({ reject }) => reject(new ClipError('WORKER_LOST', message)));
  }

  #end(settle: (training: Training) => void): void {
    const ended = this.#current;
    this.#current = undefined;
    // It keeps no process alive that waits for nothing of it.
    this.#worker?.unref();
    if (ended !== undefined) settle(ended);
    this.#next();
  }
}
