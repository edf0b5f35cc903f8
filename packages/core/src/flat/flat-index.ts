import { canShareMemory, canStartThreads, defaultThreads, startThread } from '#threads';
import { ClipError, grouped } from '../errors.ts';
import { kernelModule } from '../threads/kernels.ts';
import { LinearMemory } from '../threads/linear-memory.ts';
import { RunQueue } from '../threads/run-queue.ts';
import { createRunner, type Runner } from '../threads/runner.ts';
import { CONTROL_BYTES } from '../threads/team.ts';
import {
  checkRow,
  checkRows,
  checkWhole,
  countOf,
  lengthError,
  splitQueries,
} from './check-input.ts';
import { compactTurn } from './compact.ts';
import type { FlatHits, FlatIndexOptions, FlatSearchOptions } from './flat-options.ts';
import type { IndexParts } from './index-parts.ts';
import { FLAT_KERNELS } from './kernels.generated.ts';
import { instantiateFlatKernels } from './kernels.ts';
import { RowValues } from './row-values.ts';
import { Scanner } from './scan.ts';
import { Searcher } from './searcher.ts';
import { type SegmentLayout, segmentLayout } from './segment-layout.ts';
import { Segments } from './segments.ts';
import { Staging } from './staging.ts';
import { packQueries, SumExp } from './sum-exp.ts';

const MAX_DIMENSIONS = 16_384;
const MAX_K = 10_000;
const MAX_THREADS = 256;

/** Address 0 means "none" to the kernels, so nothing is put there. */
const CONTROL_ADDRESS = 64;

/**
 * Exact search for the nearest vectors by dot product; for vectors of length 1 that is the cosine.
 *
 * Each row is kept as 8-bit numbers with a step. A search scans all of them on all threads, and scores the best
 * max(4k, 256) again in float, then the next ones for as long as one of them could be among the k best. A row that
 * belongs there is missed with a probability below 1 in 10 million, whatever the vectors. Where very many rows are nearly
 * equal, that takes several scans. Several queries share a scan, and scans, appends and removals take turns in
 * the order in which they were called. It needs no native code and runs in browsers too.
 *
 * One index holds up to 4 GiB of 8-bit rows: 8 million of 512 numbers. Rows have numbers that never change and are
 * never used again.
 *
 * @example
 * ```ts
 * import { FlatIndex, RowSet } from '@clipql/core';
 *
 * const index = await FlatIndex.create({ dimensions: 2 });
 * await index.append(Float32Array.of(1, 0, 0.6, 0.8, 0, 1));
 * const [hits] = await index.search(Float32Array.of(0, 1), { k: 2 });
 * console.log([...hits!.rows].join(' ')); // 2 1
 * const [first] = await index.search(Float32Array.of(0, 1), { k: 2, filter: RowSet.of([0]) });
 * console.log([...first!.rows].join(' ')); // 0
 * index.dispose();
 * ```
 */
export class FlatIndex {
  /** Numbers of a vector. */
  readonly dimensions: number;
  /** Threads that scan. */
  readonly threads: number;
  readonly #layout: SegmentLayout;
  readonly #runner: Runner;
  readonly #queue = new RunQueue();
  readonly #searcher: Searcher;
  #parts: IndexParts | undefined;

  /**
   * Makes an index without rows.
   *
   * @throws ClipError BAD_INPUT for dimensions or threads out of bounds, OUT_OF_MEMORY.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 512, threads: 1 });
   * console.log(index.dimensions, index.size); // 512 0
   * index.dispose();
   * ```
   */
  static async create(options: FlatIndexOptions): Promise<FlatIndex> {
    checkWhole('dimensions', options.dimensions, MAX_DIMENSIONS);
    if (options.threads !== undefined) checkWhole('threads', options.threads, MAX_THREADS);
    return new FlatIndex(options, canShareMemory() && (await canStartThreads()));
  }

  private constructor(options: FlatIndexOptions, shared: boolean) {
    this.dimensions = options.dimensions;
    this.threads = shared ? (options.threads ?? defaultThreads()) : 1;
    this.#layout = segmentLayout(options.dimensions);
    const memory = new LinearMemory(shared, CONTROL_ADDRESS + CONTROL_BYTES);
    const module = kernelModule(FLAT_KERNELS[shared ? 'plainThreads' : 'plain']);
    const team = { module, memory: memory.memory, control: CONTROL_ADDRESS, threads: this.threads };
    this.#runner = createRunner({ ...team, start: startThread, what: 'the index' }, shared);
    const kernels = instantiateFlatKernels(module, memory.memory);
    const layout = this.#layout;
    const scan = { memory, layout, kernels, runner: this.#runner, threads: this.threads };
    this.#parts = {
      memory,
      kernels,
      segments: new Segments(memory, layout, options.readRows === undefined),
      staging: new Staging(memory, kernels, layout),
      scanner: new Scanner(scan),
      sumExp: new SumExp(scan),
    };
    this.#searcher = new Searcher({
      dimensions: options.dimensions,
      readRows: options.readRows,
      queue: this.#queue,
      parts: () => this.#usable(),
    });
  }

  /** Rows that are not removed. */
  get size(): number {
    return this.#parts?.segments.size ?? 0;
  }

  /** One more than the highest row number so far. */
  get nextRow(): number {
    return this.#parts?.segments.nextRow ?? 0;
  }

  /** Bytes that the rows take, and what scans work in. */
  get bytes(): number {
    return this.#parts === undefined ? 0 : this.#parts.memory.size + this.#parts.segments.halfBytes;
  }

  /**
   * Adds rows: all, or none when one is no good.
   *
   * @param vectors [N·E], as float32, or as the bits of float16. Must not change until this resolves.
   * @param rows [N] their numbers, ascending, from {@link FlatIndex.nextRow} on; without gaps unless given.
   * @returns the first row's number.
   * @throws ClipError BAD_INPUT for another length, a number that is not finite or above 65,504, or rows out of order;
   * OUT_OF_MEMORY when there is no room; DISPOSED.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * console.log(await index.append(Float32Array.of(0.6, 0.8), [7]), index.nextRow); // 7 8
   * index.dispose();
   * ```
   */
  append(vectors: Float32Array | Uint16Array, rows?: ArrayLike<number>): Promise<number> {
    return this.#queue.add(async () => {
      const { segments, staging } = this.#usable();
      const count = countOf('vectors', vectors, this.dimensions);
      const first = segments.nextRow;
      const numbers = rows ?? Uint32Array.from({ length: count }, (_, i) => first + i);
      checkRows(numbers, first, count);
      await segments.append(vectors, numbers, staging, pause);
      return numbers[0] ?? first;
    });
  }

  /**
   * Marks rows as removed: no search finds them from then on. {@link FlatIndex.compact} takes back their room.
   *
   * @returns how many of them were there.
   * @throws ClipError BAD_INPUT for a number that is no row, DISPOSED.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * console.log(await index.remove([1, 5]), index.size); // 1 1
   * index.dispose();
   * ```
   */
  remove(rows: Iterable<number>): Promise<number> {
    return this.#queue.add(() => {
      const { segments } = this.#usable();
      const wanted = [...rows];
      for (const row of wanted) checkRow(row);
      const removed = wanted.filter((row) => segments.remove(row)).length;
      segments.dropEmpty();
      return removed;
    });
  }

  /**
   * The numbers of the rows that are there.
   *
   * @returns [{@link FlatIndex.size}], ascending.
   * @throws ClipError DISPOSED.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1), [3, 7]);
   * await index.remove([3]);
   * console.log([...(await index.rows())]); // [ 7 ]
   * index.dispose();
   * ```
   */
  rows(): Promise<Uint32Array> {
    return this.#queue.add(() => this.#usable().segments.rows());
  }

  /**
   * Finds the k rows with the highest dot products, for one query or several.
   *
   * @param queries [Q·E], float32.
   * @returns [Q], fewer than k rows where fewer are left.
   * @throws ClipError BAD_INPUT for another length, a number that is not finite, or k out of bounds; WORKER_LOST, after
   * which the same call can be made again; DISPOSED; the signal's reason once it is aborted.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * const both = await index.search(Float32Array.of(1, 0, 0, 2), { k: 1 });
   * console.log(both.map(({ rows, scores }) => `${rows[0]}: ${scores[0]}`).join(', ')); // 0: 1, 1: 2
   * index.dispose();
   * ```
   */
  async search(queries: Float32Array, options: FlatSearchOptions): Promise<readonly FlatHits[]> {
    checkWhole('k', options.k, MAX_K);
    return this.#searcher.search(splitQueries(queries, this.dimensions), options);
  }

  /**
   * The scores of all rows from the 8-bit scan alone: for vectors of length 1 they are within some thousandths.
   *
   * @param query [E], float32.
   * @param options with a signal, which once it is aborted ends what waits for its turn.
   * @returns dot products of the rows that are there.
   * @throws as {@link FlatIndex.search} does.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * await index.remove([0]);
   * const { rows, values } = await index.scores(Float32Array.of(0, 1));
   * console.log(rows.length, rows[0], values[0]!.toFixed(2)); // 1 1 1.00
   * index.dispose();
   * ```
   */
  async scores(
    query: Float32Array,
    { signal }: Pick<FlatSearchOptions, 'signal'> = {},
  ): Promise<RowValues> {
    if (query.length !== this.dimensions)
      throw lengthError('query', grouped(this.dimensions), query);
    const [copy] = splitQueries(query, this.dimensions);
    return this.#searcher.scores(copy!, signal);
  }

  /**
   * log Σ exp(scale · score) over many queries, for each row, from the 8-bit rows. All threads work on it; searches
   * go on meanwhile.
   *
   * @param queries [Q·E], float32, each of length 1, as the rows are.
   * @param from the first row.
   * @returns those of the rows that are there, without any that are added meanwhile.
   * @throws as {@link FlatIndex.search} does.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * const sums = await index.logSumExp(Float32Array.of(1, 0, 0, 1), 10);
   * console.log(sums.get(1)!.toFixed(1)); // 10.0
   * index.dispose();
   * ```
   */
  async logSumExp(queries: Float32Array, scale: number, from = 0): Promise<RowValues> {
    const { segments, staging } = this.#usable();
    const packed = packQueries(splitQueries(queries, this.dimensions), staging.dither, scale);
    const end = segments.nextRow;
    const found: RowValues[] = [];
    for (let next = from < end ? from : undefined; next !== undefined; ) {
      const row: number = next;
      const turn = await this.#queue.add(() => {
        const parts = this.#usable();
        return parts.sumExp.turn(parts.segments, packed, row, end);
      });
      found.push(...turn.found);
      next = turn.next;
    }
    return RowValues.concat(found);
  }

  /**
   * Closes the gaps that removed rows have left, a few at a time, so that searches go on. Row numbers stay. The room is
   * for later rows: a WebAssembly memory does not shrink.
   *
   * @throws ClipError DISPOSED.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * await index.append(Float32Array.of(1, 0, 0, 1));
   * await index.remove([0]);
   * await index.compact();
   * const [hits] = await index.search(Float32Array.of(0, 1), { k: 1 });
   * console.log(hits!.rows[0]); // 1
   * index.dispose();
   * ```
   */
  async compact(): Promise<void> {
    let at: number | undefined = 0;
    while (at !== undefined) {
      const from: number = at;
      at = await this.#queue.add(() => compactTurn(this.#usable(), this.#layout, from));
      await pause();
    }
  }

  /**
   * Ends the threads and lets go of the memory. What is in flight rejects with DISPOSED.
   *
   * @example
   * ```ts
   * import { FlatIndex } from '@clipql/core';
   *
   * const index = await FlatIndex.create({ dimensions: 2 });
   * index.dispose();
   * console.log(index.bytes); // 0
   * ```
   */
  dispose(): void {
    this.#parts = undefined;
    this.#runner.dispose();
  }

  #usable(): IndexParts {
    if (this.#parts === undefined) throw new ClipError('DISPOSED', 'the index was disposed of');
    return this.#parts;
  }
}

/** Lets what waits in the event loop have its turn. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
