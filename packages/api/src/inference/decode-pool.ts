import { ClipError } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { type After, isDeadline } from './caller.ts';
import type { DecodeThread, StartDecodeThread } from './decode-thread.ts';
import type { DecodedImage } from './decoded-image.ts';
import { FairQueue, type Line } from './fair-queue.ts';

export interface DecodePoolOptions {
  /** The most threads; each is started when it is first needed. */
  readonly threads: number;
  /** Milliseconds that an image may take, from when a thread has begun it, before the thread is ended. */
  readonly timeout: number;
  /** Whether large pictures may have all threads, as no small ones come beside them. */
  readonly isAlone: boolean;
  readonly start: StartDecodeThread;
  /**
   * Whether an image of a line may begin beside those in threads: what is decoded already waits for the
   * model, and takes memory.
   */
  readonly mayBegin: (line: Line, inThreads: readonly Line[]) => boolean;
  readonly after: After;
  /** Told the milliseconds that an image waited for a thread. */
  readonly onWait: (milliseconds: number) => void;
  /** Told how many images wait, whenever that changes. */
  readonly onDepth: (waiting: number) => void;
}

/** An image that waits for a thread, or is in one. */
interface Job {
  readonly bytes: Uint8Array;
  /** Of the picture, as the header says. */
  readonly pixels: number;
  readonly line: Line;
  readonly since: number;
  readonly resolve: (image: DecodedImage) => void;
  readonly reject: (error: unknown) => void;
  /** Threads that it has been in when they died. */
  deaths: number;
  dropped: boolean;
}

interface Worker {
  readonly thread: DecodeThread;
  job: Job | undefined;
  cancelTimer: () => void;
}

/** A picture that takes so many pixels takes long: it may not have the last free thread. */
const LARGE_PIXELS = 4_000_000;
/**
 * Pixels of all large pictures that are decoded at a time, unless one alone has more. Decoders take up
 * to 36 bytes for each, whatever the size of the file: an AVIF of 25 megapixels may have 1 kB.
 */
const LARGE_PIXELS_AT_ONCE = 50_000_000;
/** How often an image is tried again whose thread died. */
const RETRIES = 1;
/** What the smallest picture costs, in pixels: it has to be sent to a thread and back. */
const LEAST_COST = 100_000;

/**
 * Decodes and preprocesses images in threads that can be done without: one that takes too long, or
 * dies of its image, is replaced. Operations take turns for threads.
 */
export class DecodePool {
  readonly #options: DecodePoolOptions;
  readonly #waiting = new FairQueue<Job>();
  readonly #workers = new Set<Worker>();
  #closed = false;

  constructor(options: DecodePoolOptions) {
    this.#options = options;
  }

  /** The most images that are decoded at a time. */
  get threads(): number {
    return this.#options.threads;
  }

  /**
   * @param pixels of the picture, as its header says.
   * @throws ClipError IMAGE_CORRUPT and its like; ApiError IMAGE_DECODE_TIMEOUT; ClipError
   *   WORKER_LOST when its thread died again and again; the signal's reason once it is aborted.
   */
  decode(
    bytes: Uint8Array,
    pixels: number,
    line: Line,
    signal: AbortSignal,
  ): Promise<DecodedImage> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const since = performance.now();
      const job = { bytes, pixels, line, since, resolve, reject, deaths: 0, dropped: false };
      this.#wait(job);
      signal.addEventListener('abort', () => this.#drop(job, signal.reason), { once: true });
      this.next();
    });
  }

  /** Ends all threads; what is under way rejects with DISPOSED. */
  close(): void {
    this.#closed = true;
    const disposed = new ClipError('DISPOSED', 'the model was disposed of');
    for (const { reject } of this.#waiting.items()) reject(disposed);
    this.#waiting.clear();
    for (const worker of this.#workers) {
      worker.job?.reject(disposed);
      this.#end(worker);
    }
  }

  /**
   * Nobody waits for it any more. In a thread it goes on, as clients that come and go must not cost
   * threads; only a deadline ends it.
   */
  #drop(job: Job, reason: unknown): void {
    job.dropped = true;
    this.#waiting.remove(job);
    job.reject(reason);
    if (isDeadline(reason)) {
      for (const worker of this.#workers) if (worker.job === job) this.#end(worker);
    }
    this.next();
  }

  /** Begins what may begin: to be called when more may. */
  next(): void {
    while (this.#hasPlace()) {
      const inThreads = [...this.#workers].flatMap(({ job }) => job?.line ?? []);
      const job = this.#waiting.next(
        (one) => this.#options.mayBegin(one.line, inThreads) && !this.#isHeldBack(one),
      );
      if (job === undefined) break;
      this.#waiting.take(job);
      this.#options.onWait(performance.now() - job.since);
      this.#begin(this.#idleWorker(), job);
    }
    this.#options.onDepth(this.#waiting.size);
  }

  #wait(job: Job): void {
    this.#waiting.add(job, job.line, Math.max(job.pixels, LEAST_COST));
  }

  /** Large pictures leave a thread to the others, and memory. */
  #isHeldBack({ pixels }: Job): boolean {
    if (pixels < LARGE_PIXELS) return false;
    const { threads, isAlone } = this.#options;
    const large = [...this.#workers]
      .map(({ job }) => job?.pixels ?? 0)
      .filter((each) => each >= LARGE_PIXELS);
    if (large.length === 0) return false;
    const together = large.reduce((sum, each) => sum + each, pixels);
    return together > LARGE_PIXELS_AT_ONCE || (!isAlone && large.length >= threads - 1);
  }

  /** Whether a thread is idle or may be started. Where none is, whoever waits is not looked through. */
  #hasPlace(): boolean {
    if (this.#workers.size < this.#options.threads) return true;
    for (const { job } of this.#workers) if (job === undefined) return true;
    return false;
  }

  /** To be called where there is a place. */
  #idleWorker(): Worker {
    for (const worker of this.#workers) if (worker.job === undefined) return worker;
    return this.#startWorker();
  }

  #startWorker(): Worker {
    const thread = this.#options.start({
      onBegin: () => this.#limitTime(worker),
      onImage: (image) => this.#finish(worker, (job) => job.resolve(image)),
      onFailure: (error) => this.#finish(worker, (job) => job.reject(error)),
      onDeath: (reason) => this.#die(worker, reason),
    });
    const worker: Worker = { thread, job: undefined, cancelTimer: () => {} };
    this.#workers.add(worker);
    return worker;
  }

  #begin(worker: Worker, job: Job): void {
    worker.job = job;
    worker.thread.decode(job.bytes);
  }

  #limitTime(worker: Worker): void {
    const { timeout, after } = this.#options;
    const { job } = worker;
    if (job === undefined) return;
    worker.cancelTimer = after(timeout, () => {
      job.reject(
        new ApiError(
          'IMAGE_DECODE_TIMEOUT',
          `expected an image that is decoded within ${timeout / 1000} s, got one that takes longer`,
        ),
      );
      this.#end(worker);
      this.next();
    });
  }

  #finish(worker: Worker, settle: (job: Job) => void): void {
    const { job } = worker;
    if (job === undefined) return;
    worker.cancelTimer();
    worker.job = undefined;
    settle(job);
    // Whoever waited for the image counts it first, or one too many would begin.
    setImmediate(() => this.next());
  }

  #die(worker: Worker, reason: string): void {
    if (!this.#workers.delete(worker)) return;
    worker.cancelTimer();
    const { job } = worker;
    if (job !== undefined && !job.dropped) this.#retry(job, reason);
    this.next();
  }

  #retry(job: Job, reason: string): void {
    job.deaths += 1;
    if (job.deaths > RETRIES || this.#closed) {
      const message = `a thread that decodes images was lost (${reason}); try again`;
      job.reject(new ClipError('WORKER_LOST', message));
      return;
    }
    this.#wait(job);
  }

  #end(worker: Worker): void {
    this.#workers.delete(worker);
    worker.cancelTimer();
    worker.thread.end();
  }
}
