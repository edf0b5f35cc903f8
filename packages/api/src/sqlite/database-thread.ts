import { Worker } from 'node:worker_threads';
import { ApiError } from '../errors/api-error.ts';
import { moduleBeside, THREAD_ARGUMENTS } from '../threads/module-beside.ts';
import type { Reply, Request, ThreadSettings } from './protocol.ts';

const SCRIPT = moduleBeside(import.meta.url, 'database-worker');
const ARGUMENTS = [
  // The first releases of Node 24 say so of their SQLite.
  '--disable-warning=ExperimentalWarning',
  ...THREAD_ARGUMENTS,
];

type Call = Exclude<Request, 'close'>;
/** Without its number. */
type Question<C> = C extends Call ? Omit<C, 'id'> : never;

/** A thread with a connection to the database, started again if it dies. */
export class DatabaseThread {
  readonly #settings: ThreadSettings;
  readonly #pending = new Map<number | undefined, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  #opened: Promise<unknown> | undefined;
  #calls = 0;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** @throws what opening the file throws. */
  async open(): Promise<void> {
    await (this.#opened ?? this.#start());
  }

  /** @throws what the operation throws; ApiError STORE_UNAVAILABLE where the thread died meanwhile. */
  async call(call: Question<Call>): Promise<unknown> {
    await this.open();
    const worker = this.#worker;
    if (worker === undefined) throw died('it ended');
    const id = this.#calls++;
    const answer = this.#expect(worker, id);
    worker.postMessage({ ...call, id } satisfies Question<Call> & { id: number });
    return answer;
  }

  /** When what was asked before is done. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.ref();
    worker.once('exit', () => resolve());
    worker.postMessage('close' satisfies Request);
    await promise;
  }

  #start(): Promise<unknown> {
    const worker = new Worker(SCRIPT, { workerData: this.#settings, execArgv: ARGUMENTS });
    let reason = 'it ended';
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => this.#lose(reason));
    this.#worker = worker;
    this.#opened = this.#expect(worker, undefined);
    // A file that cannot be opened now may be another time.
    this.#opened.catch(() => worker.terminate());
    return this.#opened;
  }

  #expect(worker: Worker, id: number | undefined): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(id, answer);
    worker.ref();
    return answer.promise;
  }

  #settle(reply: Reply): void {
    const answer = this.#pending.get(reply.id)!;
    this.#pending.delete(reply.id);
    // It keeps no process alive that waits for nothing of it.
    if (this.#pending.size === 0) this.#worker!.unref();
    if ('result' in reply) answer.resolve(reply.result);
    else if (reply.code === undefined) answer.reject(new Error(reply.message));
    else answer.reject(new ApiError(reply.code, reply.message));
  }

  #lose(reason: string): void {
    this.#worker = undefined;
    this.#opened = undefined;
    for (const answer of this.#pending.values()) answer.reject(died(reason));
    this.#pending.clear();
  }
}

const died = (reason: string): ApiError =>
  new ApiError(
    'STORE_UNAVAILABLE',
    `expected a thread with the database, got one that died: ${reason}`,
  );
