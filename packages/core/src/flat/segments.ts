import { ClipError, grouped } from '../errors.ts';
import type { LinearMemory } from '../threads/linear-memory.ts';
import { placeOf } from './row-places.ts';
import {
  isLive,
  LIVE_WORDS,
  liveBits,
  rowNumbers,
  SEGMENT_ROWS,
  type Segment,
  type SegmentLayout,
} from './segment-layout.ts';
import { STAGED_ROWS, type Staging } from './staging.ts';

/** What WebAssembly can address, less 16 MiB for what a scan works in. */
const MAX_BYTES = 2 ** 32 - 2 ** 24;

/** The rows of an index, in the order of their numbers. */
export class Segments {
  readonly #memory: LinearMemory;
  readonly #layout: SegmentLayout;
  readonly #keepsHalves: boolean;
  /** Addresses of segments that are no more. */
  readonly #free: number[] = [];
  #list: Segment[] = [];
  /** One more than the last row's number. */
  #nextRow = 0;

  constructor(memory: LinearMemory, layout: SegmentLayout, keepsHalves: boolean) {
    this.#memory = memory;
    this.#layout = layout;
    this.#keepsHalves = keepsHalves;
  }

  get list(): readonly Segment[] {
    return this.#list;
  }

  get nextRow(): number {
    return this.#nextRow;
  }

  /** Rows that are not removed. */
  get size(): number {
    return this.#list.reduce((sum, { live }) => sum + live, 0);
  }

  /** Bytes of the rows kept in half precision. */
  get halfBytes(): number {
    return this.#list.reduce((sum, { halves }) => sum + (halves?.byteLength ?? 0), 0);
  }

  /** A view of a row that is there in half precision, [E], in an index that keeps them. */
  halvesOf(row: number): Uint16Array {
    const { dimensions } = this.#layout;
    const segment = this.#segmentOf(row)!;
    const start = placeOf(rowNumbers(this.#memory, this.#layout, segment), row) * dimensions;
    return segment.halves!.subarray(start, start + dimensions);
  }

  /**
   * Adds rows at the end: all of them, or none when one is no good.
   *
   * @param vectors [N, E].
   * @param rows [N] numbers, ascending, from {@link nextRow} on.
   * @param pause called now and then, to let others have a turn; nothing else may be called meanwhile.
   */
  async append(
    vectors: Float32Array | Uint16Array,
    rows: ArrayLike<number>,
    staging: Staging,
    pause: () => Promise<void>,
  ): Promise<void> {
    const { dimensions } = this.#layout;
    const before = { segments: this.#list.length, tail: this.#list.at(-1)?.count ?? 0 };
    try {
      for (let row = 0, chunk = 1; row < rows.length; chunk++) {
        const segment = this.#tail();
        const count = Math.min(rows.length - row, STAGED_ROWS, SEGMENT_ROWS - segment.count);
        const values = vectors.subarray(row * dimensions, (row + count) * dimensions);
        const bad = staging.quantize(values, segment);
        if (bad !== -1) throw badRow(row + bad, values, bad * dimensions, dimensions);
        this.#number(segment, rows, row, count);
        row += count;
        if (chunk % CHUNKS_A_TURN === 0 && row < rows.length) await pause();
      }
    } catch (error) {
      this.#truncate(before.segments, before.tail);
      throw error;
    }
    if (rows.length > 0) this.#nextRow = rows[rows.length - 1]! + 1;
  }

  /** @returns whether the row was there. */
  remove(row: number): boolean {
    const segment = this.#segmentOf(row);
    if (segment === undefined) return false;
    const slot = placeOf(rowNumbers(this.#memory, this.#layout, segment), row);
    const bits = liveBits(this.#memory, this.#layout, segment);
    const bit = 1 << (slot % 32);
    if (slot === -1 || (bits[slot >> 5]! & bit) === 0) return false;
    bits[slot >> 5]! &= ~bit;
    segment.live--;
    return true;
  }

  /** The numbers of the rows that are not removed, ascending. */
  rows(): Uint32Array {
    const numbersOf = (segment: Segment) => rowNumbers(this.#memory, this.#layout, segment);
    return this.#live(new Uint32Array(this.size), numbersOf);
  }

  /** The values of the rows that are not removed, in their order. @param values [segments, 256] */
  liveValues(values: Float32Array): Float32Array {
    return this.#live(new Float32Array(this.size), ({ count }, i) =>
      values.subarray(i * SEGMENT_ROWS, i * SEGMENT_ROWS + count),
    );
  }

  /** The place in {@link list} from which on rows are found that are not below `row`; those of the first may be. */
  firstWith(row: number): number {
    return Math.max(0, this.#behind(row) - 1);
  }

  /** Drops the segments of which no row is left; their room is for later rows. */
  dropEmpty(): void {
    if (this.#list.every(({ live }) => live > 0)) return;
    for (const { live, address } of this.#list) if (live === 0) this.#free.push(address);
    this.#list = this.#list.filter(({ live }) => live > 0);
  }

  /** @param of [count] of a segment, of which those of removed rows are left out. */
  #live<Values extends Float32Array | Uint32Array>(
    found: Values,
    of: (segment: Segment, i: number) => Values,
  ): Values {
    let next = 0;
    for (const [i, segment] of this.#list.entries()) {
      const values = of(segment, i);
      if (segment.live === segment.count) {
        found.set(values, next);
        next += segment.count;
        continue;
      }
      const bits = liveBits(this.#memory, this.#layout, segment);
      for (let slot = 0; slot < segment.count; slot++) {
        if (isLive(bits, slot)) found[next++] = values[slot]!;
      }
    }
    return found;
  }

  /** The last segment, with room for a row. */
  #tail(): Segment {
    const last = this.#list.at(-1);
    if (last !== undefined && last.count < SEGMENT_ROWS) return last;
    const { bytes, dimensions } = this.#layout;
    if (this.#free.length === 0 && (this.#list.length + 1) * bytes > MAX_BYTES) {
      const most = Math.floor(MAX_BYTES / bytes) * SEGMENT_ROWS;
      throw new ClipError(
        'OUT_OF_MEMORY',
        `expected at most ${grouped(most)} rows of ${dimensions} numbers in an index, got more`,
      );
    }
    const address = this.#free.pop() ?? this.#memory.allocate(bytes);
    const halves = this.#keepsHalves ? new Uint16Array(SEGMENT_ROWS * dimensions) : undefined;
    const segment: Segment = { address, count: 0, live: 0, halves };
    this.#memory.u32(address + this.#layout.live, LIVE_WORDS).fill(0);
    this.#list.push(segment);
    return segment;
  }

  #number(segment: Segment, rows: ArrayLike<number>, from: number, count: number): void {
    const first = segment.count;
    segment.count += count;
    segment.live += count;
    const numbers = rowNumbers(this.#memory, this.#layout, segment);
    const bits = liveBits(this.#memory, this.#layout, segment);
    for (let i = 0; i < count; i++) {
      const slot = first + i;
      numbers[slot] = rows[from + i]!;
      bits[slot >> 5]! |= 1 << (slot % 32);
    }
  }

  #truncate(segments: number, tailCount: number): void {
    for (const { address } of this.#list.splice(segments)) this.#free.push(address);
    const tail = this.#list.at(-1);
    if (tail === undefined) return;
    tail.live -= tail.count - tailCount;
    const bits = liveBits(this.#memory, this.#layout, tail);
    for (let slot = tailCount; slot < tail.count; slot++) bits[slot >> 5]! &= ~(1 << (slot % 32));
    tail.count = tailCount;
  }

  #segmentOf(row: number): Segment | undefined {
    return this.#list[this.#behind(row) - 1];
  }

  /** The place of the first segment whose rows are all above `row`. */
  #behind(row: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const first = rowNumbers(this.#memory, this.#layout, this.#list[middle]!)[0]!;
      if (first <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Some milliseconds' worth. */
const CHUNKS_A_TURN = 64;

function badRow(
  row: number,
  values: Float32Array | Uint16Array,
  from: number,
  dimensions: number,
): ClipError {
  const vector = values.subarray(from, from + dimensions);
  const isBad =
    vector instanceof Uint16Array
      ? (half: number) => (half & 0x7c00) === 0x7c00
      : (value: number) => !(Math.abs(value) < 65_520);
  const at = vector.findIndex(isBad);
  const got =
    vector instanceof Uint16Array ? `the half ${vector[at]!.toString(16)}` : String(vector[at]);
  return new ClipError(
    'BAD_INPUT',
    `expected finite numbers of at most 65,504 in a vector, got ${got} at ${at} of vector ${grouped(row)}`,
  );
}
