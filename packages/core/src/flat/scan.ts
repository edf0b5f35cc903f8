import type { LinearMemory } from '../threads/linear-memory.ts';
import type { Runner } from '../threads/runner.ts';
import { Workspace } from '../threads/workspace.ts';
import { type FlatKernels, JOB_KIND } from './kernels.ts';
import type { QuantizedQuery } from './quantized-query.ts';
import type { RowSet } from './row-set.ts';
import { RowValues } from './row-values.ts';
import { SEGMENT_ROWS, type SegmentLayout } from './segment-layout.ts';
import type { Segments } from './segments.ts';

/** What a scan is to find for one query. */
interface ScanQuery {
  readonly quantized: QuantizedQuery;
  /** Only rows behind the one where an earlier scan ended; from the best on unless given. */
  readonly after?: ScanEnd | undefined;
}

export interface ScanRequest {
  readonly queries: readonly ScanQuery[];
  /** How many of the best rows of each query, by what their true scores can be at most; 0 for none. */
  readonly best: number;
  /** Which rows may be among them; all unless given. */
  readonly filter: RowSet | undefined;
  /** Whether the scores of all rows are wanted too. */
  readonly scores: boolean;
}

/** Where a scan ended that found as many rows as it was to find. */
export interface ScanEnd {
  /** The lower and the upper word of the last row's key, see assembly/flat/best.ts. */
  readonly key: readonly [number, number];
  /** What the true scores of all later rows are at most. */
  readonly score: number;
}

export interface Scanned {
  /** The best rows, ascending. */
  readonly rows: Uint32Array;
  /** Undefined when no rows are left. */
  readonly end: ScanEnd | undefined;
  /** Of all rows; of none unless wanted. */
  readonly scores: RowValues;
}

export interface ScannerOptions {
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
    const places = request.scores ? SEGMENT_ROWS * segments.list.length : 0;
    const scoresBytes = powerOfTwo(4 * places);
    const filter = request.filter?.words.subarray(0, Math.ceil(segments.nextRow / 32));
    const at = this.#workspace.reserve({
      job: 4 * JOB_WORDS,
      table: powerOfTwo(8 * segments.list.length),
      levels: 2 * layout.pitch * queries.length,
      numbers: QUERY_BYTES * queries.length,
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
    for (const [i, { quantized }] of queries.entries()) {
      const { levels, step, margin, unit, offset } = quantized;
      memory.i16(at.levels + i * levels.byteLength, levels.length).set(levels);
      memory.f32(at.numbers + i * QUERY_BYTES, 3).set([step, margin, unit]);
      memory.i32(at.numbers + i * QUERY_BYTES + 12, 1)[0] = offset;
    }
    const heaps = best === 0 ? 0 : threads * queries.length;
    for (let heap = 0; heap < heaps; heap++) {
      const ceiling = queries[heap % queries.length]!.after?.key ?? HIGHEST_KEY;
      memory.u32(at.best + heap * heapBytes, 4).set([0, best, ...ceiling]);
    }
    if (filter !== undefined) memory.u32(at.filter, filter.length).set(filter);
    memory
      .u32(at.job, JOB_WORDS)
      .set([
        ...[0, layout.pitch, at.table, segments.list.length],
        ...[at.levels, at.numbers, queries.length],
        ...[best === 0 ? 0 : at.best, heapBytes],
        ...[filter === undefined ? 0 : at.filter, filter?.length ?? 0],
        ...[request.scores ? at.scores : 0, scoresBytes, at.scratch],
      ]);

    if (isSmall) kernels.run(at.job, JOB_KIND.scan, 0, 0, 0, 0, 1);
    else await runner.run([at.job, JOB_KIND.scan, 0, 0]);

    const rows = request.scores ? segments.rows() : new Uint32Array();
    return queries.map(({ quantized }, i) => {
      const heap = at.best + i * heapBytes;
      if (best > 0) kernels.mergeBest(heap, threads, queries.length * heapBytes);
      const found = best === 0 ? NOTHING : this.#found(heap, quantized.unit);
      const isAll = found.rows.length < best || best === segments.size;
      const scores = request.scores
        ? segments.liveValues(memory.f32(at.scores + i * scoresBytes, places))
        : new Float32Array();
      const end = isAll ? undefined : found.end;
      return { ...found, end, scores: new RowValues(rows, scores) };
    });
  }

  /** A key is (score, ~row), and the first of a heap is the worst, see assembly/flat/best.ts. */
  #found(heap: number, unit: number): Pick<Scanned, 'rows' | 'end'> {
    const { memory } = this.#options;
    const [count = 0] = memory.u32(heap, 1);
    const keys = memory.u32(heap + HEAP_HEADER_BYTES, 2 * count);
    const rows = Uint32Array.from({ length: count }, (_, i) => ~keys[2 * i]!).sort();
    const [low = 0, high = 0] = keys;
    return { rows, end: { key: [low, high], score: scoreOf(high) * unit } };
  }
}

const NOTHING = { rows: new Uint32Array(0), end: undefined };

/** The score in a key's upper word. */
function scoreOf(upper: number): number {
  const bits = upper >= 2 ** 31 ? upper - 2 ** 31 : ~upper;
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

/** As assembly/flat/scan.ts and best.ts know them. */
const JOB_WORDS = 14;
const SCRATCH_BYTES = 128;
const HEAP_HEADER_BYTES = 16;
const HIGHEST_KEY = [0xffffffff, 0xffffffff];
const QUERY_BYTES = 16;

/** Below this, a tenth of a millisecond, waking the threads takes longer than scanning. */
const BYTES_FOR_THREADS = 2 ** 20;

/** What grows with the index grows by doubling: the room that was too small is lost. */
const powerOfTwo = (bytes: number): number => (bytes === 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes)));
