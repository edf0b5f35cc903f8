import type { LinearMemory } from '../threads/linear-memory.ts';
import type { Runner } from '../threads/runner.ts';
import { Workspace } from '../threads/workspace.ts';
import type { FlatKernels } from './kernels.ts';
import type { QuantizedQuery } from './quantized-query.ts';
import type { RowSet } from './row-set.ts';
import type { SegmentLayout } from './segment-layout.ts';
import type { Segments } from './segments.ts';

/** What a scan is to find. */
export interface ScanRequest {
  readonly queries: readonly QuantizedQuery[];
  /** How many of the best rows of each query; 0 for none. */
  readonly best: number;
  /** Which rows may be among them; all unless given. */
  readonly filter: RowSet | undefined;
  /** Whether the scores of all rows are wanted too. */
  readonly scores: boolean;
}

export interface Scanned {
  /** Positions of the best rows, ascending: 256 to a segment. */
  readonly positions: Uint32Array;
  /** By row number, NaN where there is none; empty unless wanted. */
  readonly scores: Float32Array;
}

interface ScannerOptions {
  readonly memory: LinearMemory;
  readonly layout: SegmentLayout;
  readonly kernels: FlatKernels;
  readonly runner: Runner;
  readonly threads: number;
}

/** Scans the rows of an index; one scan at a time. */
export class Scanner {
  readonly #options: ScannerOptions;
  readonly #workspace: Workspace;

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#workspace = new Workspace(options.memory);
  }

  async scan(segments: Segments, request: ScanRequest): Promise<readonly Scanned[]> {
    const { memory, kernels, layout, runner } = this.#options;
    const { queries } = request;
    const bytes = segments.list.length * layout.bytes * queries.length;
    const isSmall = bytes < BYTES_FOR_THREADS;
    const threads = isSmall ? 1 : this.#options.threads;
    const best = Math.min(request.best, segments.size);
    const heapBytes = HEAP_HEADER_BYTES + 8 * best;
    const scoresBytes = request.scores ? powerOfTwo(4 * segments.nextRow) : 0;
    const filter = request.filter?.words.subarray(0, Math.ceil(segments.nextRow / 32));
    const at = this.#workspace.reserve({
      job: 4 * JOB_WORDS,
      table: powerOfTwo(8 * segments.list.length),
      levels: 2 * layout.pitch * queries.length,
      scales: 4 * queries.length,
      best: best === 0 ? 0 : powerOfTwo(heapBytes * threads * queries.length),
      filter: powerOfTwo(4 * (filter?.length ?? 0)),
      scores: scoresBytes * queries.length,
      scratch: SCRATCH_BYTES * threads,
    });

    const table = memory.u32(at.table, 2 * segments.list.length);
    for (const [i, { address, count }] of segments.list.entries()) {
      table[2 * i] = address;
      table[2 * i + 1] = count;
    }
    const scales = memory.f32(at.scales, queries.length);
    for (const [i, { levels, scale }] of queries.entries()) {
      memory.i16(at.levels + i * levels.byteLength, levels.length).set(levels);
      scales[i] = scale;
    }
    const heaps = best === 0 ? 0 : threads * queries.length;
    for (let heap = 0; heap < heaps; heap++) {
      memory.u32(at.best + heap * heapBytes, 2).set([0, best]);
    }
    if (filter !== undefined) memory.u32(at.filter, filter.length).set(filter);
    const scores = queries.map((_, i) =>
      memory.f32(at.scores + i * scoresBytes, request.scores ? segments.nextRow : 0).fill(NaN),
    );
    memory
      .u32(at.job, JOB_WORDS)
      .set([
        ...[0, layout.pitch, at.table, segments.list.length],
        ...[at.levels, at.scales, queries.length],
        ...[best === 0 ? 0 : at.best, heapBytes],
        ...[filter === undefined ? 0 : at.filter, filter?.length ?? 0],
        ...[request.scores ? at.scores : 0, scoresBytes, at.scratch],
      ]);

    if (isSmall) kernels.run(at.job, 0, 0, 0, 0, 0, 1);
    else await runner.run([at.job, 0, 0, 0]);

    return queries.map((_, i) => {
      const heap = at.best + i * heapBytes;
      if (best > 0) kernels.mergeBest(heap, threads, queries.length * heapBytes);
      return {
        positions: best === 0 ? new Uint32Array(0) : this.#positions(heap),
        scores: scores[i]!.slice(),
      };
    });
  }

  /** A key is (score, ~position), see assembly/flat/best.ts. */
  #positions(heap: number): Uint32Array {
    const { memory } = this.#options;
    const [count = 0] = memory.u32(heap, 1);
    const keys = memory.u32(heap + HEAP_HEADER_BYTES, 2 * count);
    return Uint32Array.from({ length: count }, (_, i) => ~keys[2 * i]!).sort();
  }
}

/** As assembly/flat/scan.ts and best.ts know them. */
const JOB_WORDS = 14;
const SCRATCH_BYTES = 128;
const HEAP_HEADER_BYTES = 8;

/** Below this, a tenth of a millisecond, waking the threads takes longer than scanning. */
const BYTES_FOR_THREADS = 2 ** 20;

/** What grows with the index grows by doubling: the room that was too small is lost. */
const powerOfTwo = (bytes: number): number => (bytes === 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes)));
