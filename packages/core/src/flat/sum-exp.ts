import { Workspace } from '../threads/workspace.ts';
import { JOB_KIND } from './kernels.ts';
import { quantizeQuery } from './quantized-query.ts';
import { RowValues } from './row-values.ts';
import type { ScannerOptions } from './scan.ts';
import { isLive, liveBits, rowNumbers, SEGMENT_ROWS } from './segment-layout.ts';
import type { Segments } from './segments.ts';

/** Many queries, as `assembly/flat/sum-exp.ts` takes them. */
export interface PackedQueries {
  /** An even number. */
  readonly count: number;
  /** [count, pitch] */
  readonly levels: Int16Array;
  /** [count, 4]: the steps, the bits of the int32 offsets, and the weights. */
  readonly numbers: Float32Array;
  /** Taken away from all exponents, so that no exponential overflows. */
  readonly shift: number;
}

/**
 * @param queries [Q], each [E], whose scores lie within −1 to 1.
 * @param dither [pitch], that of the rows.
 */
export function packQueries(
  queries: readonly Float32Array[],
  dither: Float32Array,
  scale: number,
): PackedQueries {
  const pitch = dither.length;
  const count = queries.length + (queries.length % 2);
  const levels = new Int16Array(count * pitch);
  // One that is added to make the number even has the weight 0.
  const numbers = new Float32Array(4 * count);
  const offsets = new Int32Array(numbers.buffer);
  for (const [i, query] of queries.entries()) {
    const quantized = quantizeQuery(query, dither);
    levels.set(quantized.levels, i * pitch);
    numbers.set([scale * quantized.step * quantized.unit, 0, 1], 4 * i);
    offsets[4 * i + 1] = quantized.offset;
  }
  return { count, levels, numbers, shift: Math.max(0, scale - MAX_EXPONENT) };
}

/** Log-sum-exp over many queries, some milliseconds' worth of rows at a time. */
export class SumExp {
  readonly #options: ScannerOptions;
  readonly #workspace: Workspace;

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#workspace = new Workspace(options.memory);
  }

  /**
   * @param next the first row that is still to come.
   * @param end one more than the last.
   * @returns some of them, and where to go on; undefined at the end.
   */
  async turn(
    segments: Segments,
    { count, levels, numbers, shift }: PackedQueries,
    next: number,
    end: number,
  ): Promise<SumExpTurn> {
    const { memory, kernels, layout, runner, threads } = this.#options;
    const segmentProducts = SEGMENT_ROWS * levels.length;
    const most = Math.max(threads, Math.floor((PRODUCTS_A_TURN * threads) / segmentProducts));
    const first = segments.firstWith(next);
    const some = segments.list.slice(first, first + most);
    if (some.length === 0) return { found: [], next: undefined };
    const isSmall = some.length * segmentProducts < PRODUCTS_FOR_THREADS;
    const at = this.#workspace.reserve({
      job: 4 * JOB_WORDS,
      table: 4 * most,
      levels: levels.byteLength,
      numbers: numbers.byteLength,
      out: 4 * SEGMENT_ROWS * most,
      scratch: 8 * layout.pitch * threads,
    });
    memory.u32(at.table, some.length).set(some.map(({ address }) => address));
    memory.i16(at.levels, levels.length).set(levels);
    memory.u32(at.numbers, numbers.length).set(new Uint32Array(numbers.buffer));
    const job = [0, layout.pitch, at.table, some.length, at.levels, at.numbers, count];
    memory.u32(at.job, JOB_WORDS).set([...job, 0, at.out, at.scratch]);
    memory.f32(at.job, JOB_WORDS)[job.length] = shift;

    if (isSmall) kernels.run(at.job, JOB_KIND.sumExp, 0, 0, 0, 0, 1);
    else await runner.run([at.job, JOB_KIND.sumExp, 0, 0]);

    const found = some.map((segment, i) => {
      const sums = memory.f32(at.out + 4 * SEGMENT_ROWS * i, SEGMENT_ROWS);
      const live = liveBits(memory, layout, segment);
      const rows: number[] = [];
      const values: number[] = [];
      for (const [slot, row] of rowNumbers(memory, layout, segment).entries()) {
        if (!isLive(live, slot) || row < next || row >= end) continue;
        rows.push(row);
        values.push(Math.log(sums[slot]!) + shift);
      }
      return new RowValues(Uint32Array.from(rows), Float32Array.from(values));
    });
    const last = rowNumbers(memory, layout, some.at(-1)!).at(-1)!;
    return { found, next: last + 1 < end ? last + 1 : undefined };
  }
}

/** Rows with their values, and the first row that is still to come, unless it was the end. */
interface SumExpTurn {
  readonly found: readonly RowValues[];
  readonly next: number | undefined;
}

/** As assembly/flat/sum-exp.ts knows them. */
const JOB_WORDS = 10;

/** What exp can take, less what many of them add up to. */
const MAX_EXPONENT = 80;
/** Of a query's number and a row's, for each thread: about 10 ms. */
const PRODUCTS_A_TURN = 2 ** 28;
/** Below this, a tenth of a millisecond, waking the threads takes longer. */
const PRODUCTS_FOR_THREADS = 2 ** 21;
