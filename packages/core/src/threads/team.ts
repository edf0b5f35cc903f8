import { ClipError } from '../errors.ts';
import { Interruption } from './interruption.ts';
import type { StartThread, Thread } from './thread.ts';

/** What the kernels' `run` is told: addresses in the shared memory, and numbers. */
export type Job = readonly [number, number, number, number];

/** Words at the control address, as the threads' script below and `assembly/barrier.ts` know them. */
const BARRIER = 0;
const JOB = 2;
const DONE = 3;
const FINISHED = 4;
const FAILED = 5;
const ARGUMENTS = 6;
const CONTROL_WORDS = 10;
export const CONTROL_BYTES = 4 * CONTROL_WORDS;

/**
 * What each thread runs: waits for a job, runs the kernels, and the last one to end says so. It never
 * returns to its event loop.
 */
const SCRIPT = `
function work({ module, memory, control, job, thread, threads }) {
  const abort = () => { throw new Error('a kernel aborted'); };
  const { run } = new WebAssembly.Instance(module, { env: { memory, abort } }).exports;
  const words = new Int32Array(memory.buffer, control, ${CONTROL_WORDS});
  for (;;) {
    Atomics.wait(words, ${JOB}, job);
    const next = Atomics.load(words, ${JOB});
    if (next === job) continue;
    job = next;
    const met = run(...words.slice(${ARGUMENTS}), control, thread, threads);
    if (!met) Atomics.store(words, ${FAILED}, 1);
    if (Atomics.add(words, ${FINISHED}, 1) === threads - 1) {
      Atomics.store(words, ${FINISHED}, 0);
      Atomics.store(words, ${DONE}, job);
      Atomics.notify(words, ${DONE});
    }
  }
}`;

export interface TeamOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of {@link CONTROL_BYTES} bytes that nothing else uses. */
  readonly control: number;
  readonly threads: number;
  readonly start: StartThread;
  readonly niceness?: number;
  /** What the team works for, as errors name it: `the model`. */
  readonly what: string;
}

/**
 * Threads that run kernels together over one shared memory. The thread that calls never blocks and
 * takes no part. When a member is lost, the job in flight rejects with WORKER_LOST, and the next one
 * gets a new team.
 */
export class Team {
  #options: TeamOptions | undefined;
  readonly #what: string;
  #words: Int32Array;
  #members: readonly Thread[] = [];
  #ending: Promise<unknown> = Promise.resolve();
  #lost = new Interruption();

  constructor(options: TeamOptions) {
    this.#options = options;
    this.#what = options.what;
    this.#words = new Int32Array(options.memory.buffer, options.control, CONTROL_WORDS);
  }

  /**
   * Runs one job; jobs must not overlap.
   *
   * @throws ClipError WORKER_LOST when a member died, DISPOSED when the team was disposed of.
   */
  async run(job: Job): Promise<void> {
    // No old member may still write to the memory when new ones begin.
    await this.#ending;
    if (this.#options === undefined) throw disposedError(this.#what);
    // Only now: a thread that starts while the memory grows may not see all of it.
    if (this.#members.length === 0) this.#assemble(this.#options);
    const words = this.#words;
    const members = this.#members;
    const lost = this.#lost;
    words.set(job, ARGUMENTS);
    const before = Atomics.load(words, DONE);
    for (const member of members) member.keepAlive(true);
    try {
      Atomics.add(words, JOB, 1);
      Atomics.notify(words, JOB);
      // A late notification of the job before may come first: only the word itself tells.
      while (Atomics.load(words, DONE) === before) {
        const done = Atomics.waitAsync(words, DONE, before);
        if (done.async) await lost.during(done.value);
      }
    } finally {
      // Members that are being ended keep the process alive until they are.
      if (this.#members === members) for (const member of members) member.keepAlive(false);
    }
    if (Atomics.load(words, FAILED) !== 0)
      throw this.#end(lostError(this.#what, 'it did not keep up'));
  }

  dispose(): void {
    this.#options = undefined;
    this.#end(disposedError(this.#what));
    this.#words = new Int32Array(0);
  }

  #assemble({ module, memory, control, threads, start, niceness }: TeamOptions): void {
    this.#words.fill(0, BARRIER, JOB);
    this.#words.fill(0, FINISHED);
    const job = Atomics.load(this.#words, JOB);
    const onLost = (reason: string) => {
      if (this.#members === members) this.#end(lostError(this.#what, reason));
    };
    const members: readonly Thread[] = Array.from({ length: threads }, (_, thread) =>
      start(SCRIPT, { module, memory, control, job, thread, threads }, onLost, niceness),
    );
    this.#members = members;
  }

  /** Lets all members go; what is in flight rejects with this error. */
  #end(error: ClipError): ClipError {
    this.#lost.end(error);
    this.#lost = new Interruption();
    this.#ending = Promise.all(this.#members.map((member) => member.terminate()));
    this.#members = [];
    return error;
  }
}

const disposedError = (what: string) => new ClipError('DISPOSED', `${what} was disposed of`);
const lostError = (what: string, reason: string) =>
  new ClipError('WORKER_LOST', `a thread that runs ${what} was lost (${reason}); try again`);
