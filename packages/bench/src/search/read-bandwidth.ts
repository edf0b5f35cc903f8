import { Worker } from 'node:worker_threads';
import { READ_MEMORY } from './read-memory.generated.ts';

const PAGE_BYTES = 65_536;
/** Words at address 0: the turn, and how many threads have ended it. */
const TURN = 0;
const ENDED = 1;

const SCRIPT = `
const { module, memory, from, to, threads } = require('node:worker_threads').workerData;
const { readMemory } = new WebAssembly.Instance(module, { env: { memory } }).exports;
const words = new Int32Array(memory.buffer, 0, 2);
for (let turn = 0; ; turn++) {
  Atomics.wait(words, ${TURN}, turn);
  readMemory(from, to);
  if (Atomics.add(words, ${ENDED}, 1) === threads - 1) Atomics.notify(words, ${ENDED});
}`;

/** What threads can read of a memory at most: a loop of vector loads and additions, each thread over its share. */
export class ReadBandwidth {
  readonly #bytes: number;
  readonly #threads: readonly Worker[];
  readonly #words: Int32Array;

  /** @param bytes to read, as many as what it is compared with reads. */
  constructor(bytes: number, threads: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES / threads);
    this.#bytes = pages * PAGE_BYTES * threads;
    const initial = 1 + pages * threads;
    const memory = new WebAssembly.Memory({ initial, maximum: initial, shared: true });
    // A page that was never written is not read from memory.
    new Uint8Array(memory.buffer, PAGE_BYTES).fill(1);
    this.#words = new Int32Array(memory.buffer, 0, 2);
    const module = new WebAssembly.Module(Buffer.from(READ_MEMORY.plainThreads, 'base64'));
    this.#threads = Array.from({ length: threads }, (_, thread) => {
      const from = PAGE_BYTES * (1 + thread * pages);
      const workerData = { module, memory, from, to: from + pages * PAGE_BYTES, threads };
      return new Worker(SCRIPT, { eval: true, workerData });
    });
  }

  /** @returns bytes a second of one reading. */
  async measure(): Promise<number> {
    const start = performance.now();
    Atomics.store(this.#words, ENDED, 0);
    Atomics.add(this.#words, TURN, 1);
    Atomics.notify(this.#words, TURN);
    for (;;) {
      const ended = Atomics.load(this.#words, ENDED);
      if (ended === this.#threads.length) break;
      const waiting = Atomics.waitAsync(this.#words, ENDED, ended);
      if (waiting.async) await waiting.value;
    }
    return (1_000 * this.#bytes) / (performance.now() - start);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
