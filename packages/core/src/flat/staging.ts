import type { LinearMemory } from '../threads/linear-memory.ts';
import { ditherOf } from './dither.ts';
import type { FlatKernels } from './kernels.ts';
import type { Segment, SegmentLayout } from './segment-layout.ts';

/** Rows that pass through at a time. */
export const STAGED_ROWS = 64;
/** What the kernels may read and write behind the last row. */
const OVERRUN = 64;

/**
 * Vectors on their way into the kernels of the calling thread. Its room is taken once, and nothing waits in it, so it
 * can be used while the team scans.
 */
export class Staging {
  /** [pitch], of every row. */
  readonly dither: Float32Array;
  readonly #memory: LinearMemory;
  readonly #kernels: FlatKernels;
  readonly #layout: SegmentLayout;
  /** K of assembly/flat/rescore.ts. */
  readonly #columns: number;
  readonly #vectors: number;
  readonly #halves: number;
  readonly #line: number;
  readonly #dither: number;
  readonly #query: number;
  readonly #products: number;

  constructor(memory: LinearMemory, kernels: FlatKernels, layout: SegmentLayout) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#layout = layout;
    this.#columns = Math.ceil(layout.dimensions / 8) * 8;
    this.#vectors = memory.allocate(4 * STAGED_ROWS * this.#columns + OVERRUN);
    this.#halves = memory.allocate(2 * STAGED_ROWS * layout.dimensions + OVERRUN);
    this.#line = memory.allocate(4 * layout.pitch + OVERRUN);
    this.dither = ditherOf(layout.pitch);
    this.#dither = memory.allocate(4 * layout.pitch);
    memory.f32(this.#dither, layout.pitch).set(this.dither);
    this.#query = memory.allocate(4 * this.#columns);
    this.#products = memory.allocate(8 * STAGED_ROWS);
  }

  /**
   * Writes rows into a segment, behind those that it has, but for their numbers and their bits.
   *
   * @param vectors [n, E], float32 or float16, n at most {@link STAGED_ROWS} and what there is room for.
   * @returns the first row with a number that is not finite or too large; −1 when there is none.
   */
  quantize(vectors: Float32Array | Uint16Array, segment: Segment): number {
    const { dimensions, pitch } = this.#layout;
    const isHalf = vectors instanceof Uint16Array;
    const staged = isHalf
      ? this.#memory.u16(this.#vectors, vectors.length)
      : this.#memory.f32(this.#vectors, vectors.length);
    staged.set(vectors);
    const { halves, count } = segment;
    const bad = this.#kernels.quantizeRows(
      this.#vectors,
      Number(isHalf),
      vectors.length / dimensions,
      dimensions,
      segment.address,
      pitch,
      count,
      halves === undefined || isHalf ? 0 : this.#halves,
      this.#line,
      this.#dither,
    );
    if (halves !== undefined && bad === -1) {
      const kept = isHalf ? vectors : this.#memory.u16(this.#halves, vectors.length);
      halves.set(kept, count * dimensions);
    }
    return bad;
  }

  /**
   * Dot products in float64.
   *
   * @param query [E].
   * @param rows each [E], all float32 or all float16.
   */
  products(query: Float32Array, rows: readonly (Float32Array | Uint16Array)[]): Float64Array {
    const padded = this.#memory.f32(this.#query, this.#columns).fill(0);
    padded.set(query);
    const products = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at += STAGED_ROWS) {
      products.set(this.#stagedProducts(rows.slice(at, at + STAGED_ROWS)), at);
    }
    return products;
  }

  #stagedProducts(rows: readonly (Float32Array | Uint16Array)[]): Float64Array {
    const columns = this.#columns;
    const isHalf = rows[0] instanceof Uint16Array;
    const values = isHalf
      ? this.#memory.u16(this.#vectors, rows.length * columns)
      : this.#memory.f32(this.#vectors, rows.length * columns);
    // Behind a row that is shorter.
    if (columns > this.#layout.dimensions) values.fill(0);
    for (const [at, row] of rows.entries()) values.set(row, at * columns);
    this.#kernels.rescore(
      this.#query,
      this.#vectors,
      Number(isHalf),
      rows.length,
      columns,
      this.#products,
    );
    return this.#memory.f64(this.#products, rows.length);
  }
}
