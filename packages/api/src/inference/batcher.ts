import { ClipError, type ClipErrorCode } from '@clipql/core';
import type { BusySignal } from '../threads/busy-signal.ts';
import type { After } from './caller.ts';
import { FairQueue, type Line } from './fair-queue.ts';

type TowerName = 'image' | 'text';

/** One of the model's towers: what a batch may hold, and how it is run. */
export interface Tower<Input> {
  readonly name: TowerName;
  /** The most of one forward pass, in what `sizeOf` counts; a single input may be larger. */
  readonly maxSize: number;
  sizeOf(input: Input): number;
  /** What one input costs, in operations of a forward pass. */
  operationsOf(input: Input): number;
  /** Whether more inputs are known to be on their way, so that a batch may wait for them. */
  readonly expectsMore?: () => boolean;
  /** Loads the tower, where it is not loaded: what comes meanwhile gets into the batch. */
  load(): Promise<void>;
  /** One [E] an input, in their order, as the model gives them. */
  run(inputs: readonly Input[]): Promise<Float32Array[]>;
}

export interface BatchResult {
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** Milliseconds of the forward pass that the input was in. */
  readonly encoding: number;
}

/** What a forward pass was, for the metrics. */
export interface BatchFacts {
  readonly tower: TowerName;
  /** Inputs. */
  readonly size: number;
  /** Of all inputs together. */
  readonly operations: number;
  readonly milliseconds: number;
  /** Milliseconds that each input had waited for it. */
  readonly waits: readonly number[];
}

interface Item<Input> {
  readonly input: Input;
  readonly since: number;
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions {
  /** Milliseconds that a batch waits at most for more inputs that are on their way. */
  readonly maxWait: number;
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
  readonly after: After;
  readonly onBatch: (facts: BatchFacts) => void;
  /** Told of each forward pass. */
  readonly busy?: Pick<BusySignal, 'begin' | 'end'> | undefined;
}

/** How often a batch is tried again on a new team of threads, or a new device. */
const RETRIES = 2;
/** What is tried again. */
const LOSSES: readonly ClipErrorCode[] = ['WORKER_LOST', 'GPU_LOST'];

/**
 * Brings the inputs of all requests to the model, one forward pass at a time. What comes while the
 * model runs is gathered into the next batch. An idle model begins at once with what there is, unless
 * more is on its way: then when the batch is full, or has waited for as long as it may. Operations take
 * turns for the places of a batch.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #queues: TowerQueue[] = [];
  #running = false;
  #stopWaiting = () => {};

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Adds a tower. @returns its queue: runs an input in a batch with others. */
  tower<Input>(
    tower: Tower<Input>,
  ): (input: Input, line: Line, signal: AbortSignal) => Promise<BatchResult> {
    const queue = new InputQueue(tower, this.#options.now);
    this.#queues.push(queue);
    return (input, line, signal) => {
      const result = queue.add(input, line, signal);
      // In a microtask, so that what is added together is run together.
      queueMicrotask(() => this.next());
      return result;
    };
  }

  /** Begins the next batch, if there is one and the model is idle. */
  next(): void {
    if (this.#running) return;
    this.#stopWaiting();
    const waiting = this.#queues
      .filter(({ since }) => since !== undefined)
      .toSorted((a, b) => a.since! - b.since!);
    const [oldest] = waiting;
    if (oldest === undefined) return;
    const longest = this.#options.now() - this.#options.maxWait;
    const isDue = (queue: TowerQueue) => queue.isFull || queue.since! <= longest;
    const queue = waiting.find(isDue) ?? waiting.find(({ expectsMore }) => !expectsMore);
    if (queue === undefined) {
      this.#stopWaiting = this.#options.after(oldest.since! - longest, () => this.next());
    } else {
      this.#run(queue);
    }
  }

  #run(queue: TowerQueue): void {
    const { busy, onBatch } = this.#options;
    this.#running = true;
    busy?.begin();
    void queue.runBatch(onBatch).finally(() => {
      this.#running = false;
      this.next();
      // Last, so that it stays busy where there is more to do.
      busy?.end();
    });
  }
}

interface TowerQueue {
  /** When the oldest input came; undefined where there is none. */
  readonly since: number | undefined;
  readonly isFull: boolean;
  readonly expectsMore: boolean;
  runBatch(onBatch: BatcherOptions['onBatch']): Promise<void>;
}

class InputQueue<Input> implements TowerQueue {
  readonly #tower: Tower<Input>;
  readonly #now: () => number;
  readonly #items = new FairQueue<Item<Input>>();
  #size = 0;

  constructor(tower: Tower<Input>, now: () => number) {
    this.#tower = tower;
    this.#now = now;
  }

  get since(): number | undefined {
    return this.#items.oldest?.since;
  }

  get isFull(): boolean {
    return this.#size >= this.#tower.maxSize;
  }

  get expectsMore(): boolean {
    return this.#tower.expectsMore?.() ?? false;
  }

  add(input: Input, line: Line, signal: AbortSignal): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const item = { input, since: this.#now(), resolve, reject };
      const size = this.#tower.sizeOf(input);
      this.#items.add(item, line, size);
      this.#size += size;
      const drop = () => {
        if (!this.#items.remove(item)) return;
        this.#size -= size;
        reject(signal.reason);
      };
      signal.addEventListener('abort', drop, { once: true });
    });
  }

  async runBatch(onBatch: BatcherOptions['onBatch']): Promise<void> {
    const loading = this.#tower.load();
    await loading.catch(() => {});
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    const start = this.#now();
    try {
      await loading;
      const embeddings = await this.#run(batch.map(({ input }) => input));
      const encoding = this.#now() - start;
      for (const [i, { resolve }] of batch.entries()) {
        resolve({ embedding: embeddings[i]!, encoding });
      }
      onBatch({
        tower: this.#tower.name,
        size: batch.length,
        operations: batch.reduce((sum, { input }) => sum + this.#tower.operationsOf(input), 0),
        milliseconds: encoding,
        waits: batch.map(({ since }) => start - since),
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** A lost thread or GPU is not the inputs' fault: the model gets a new one, and they another try. */
  async #run(inputs: readonly Input[]): Promise<Float32Array[]> {
    for (let retries = RETRIES; ; retries--) {
      try {
        return await this.#tower.run(inputs);
      } catch (error) {
        const isLost = error instanceof ClipError && LOSSES.includes(error.code);
        if (!isLost || retries === 0) throw error;
      }
    }
  }

  #takeBatch(): Item<Input>[] {
    const batch: Item<Input>[] = [];
    let taken = 0;
    for (;;) {
      const item = this.#items.next();
      if (item === undefined) return batch;
      const size = this.#tower.sizeOf(item.input);
      if (batch.length > 0 && taken + size > this.#tower.maxSize) return batch;
      this.#items.take(item);
      this.#size -= size;
      taken += size;
      batch.push(item);
    }
  }
}
