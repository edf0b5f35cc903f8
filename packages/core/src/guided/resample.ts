import { type FilterWeights, filterWeights } from '../image/resize/axis-weights.ts';

/** A resampling of planes, as what each axis of the result takes from the source. */
export interface Resampling {
  /** Sides of a source plane. */
  readonly from: number;
  readonly x: FilterWeights;
  readonly y: FilterWeights;
}

/** The square of the source that is resampled; it may have fractions, but lies within. */
export interface SourceSquare {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Bicubic, antialiased where the result is smaller: a square of planes [from, from] to planes [to, to]. */
export function bicubic(from: number, { left, top, side }: SourceSquare, to: number): Resampling {
  const scale = side / to;
  const axis = (start: number) => trimmed(filterWeights('bicubic', from, scale, start / scale, to));
  return { from, x: axis(left), y: axis(top) };
}

/** Without zero weights at the ends, which a shift by whole pixels has many of. */
function trimmed({ start, count, taps, weights }: FilterWeights): FilterWeights {
  for (let i = 0; i < start.length; i++) {
    const at = i * taps;
    let skipped = 0;
    while (count[i]! > 1 && weights[at + skipped + count[i]! - 1] === 0) count[i]! -= 1;
    while (count[i]! > 1 && weights[at + skipped] === 0) {
      skipped += 1;
      count[i]! -= 1;
    }
    weights.copyWithin(at, at + skipped, at + skipped + count[i]!);
    start[i]! += skipped;
  }
  return { start, count, taps, weights };
}

/** Adds a resampled plane: target += R · source. */
export function addResampled(
  { from, x, y }: Resampling,
  source: Float32Array,
  target: Float32Array,
): void {
  const to = x.start.length;
  const [top, bottom] = rowsRead(y);
  const rows = new Float32Array((bottom - top) * to);
  for (let row = top; row < bottom; row++) {
    for (let i = 0; i < to; i++) {
      let sum = 0;
      const first = row * from + x.start[i]!;
      const at = i * x.taps;
      const count = x.count[i]!;
      for (let tap = 0; tap < count; tap++) sum += x.weights[at + tap]! * source[first + tap]!;
      rows[(row - top) * to + i] = sum;
    }
  }
  for (let i = 0; i < to; i++) {
    for (let tap = 0; tap < y.count[i]!; tap++) {
      const weight = y.weights[i * y.taps + tap]!;
      const row = (y.start[i]! + tap - top) * to;
      for (let column = 0; column < to; column++) {
        target[i * to + column]! += weight * rows[row + column]!;
      }
    }
  }
}

/** The adjoint of {@link addResampled}: source += Rᵀ · target. */
export function addResampledAdjoint(
  { from, x, y }: Resampling,
  target: Float32Array,
  source: Float32Array,
): void {
  const to = x.start.length;
  const [top, bottom] = rowsRead(y);
  const rows = new Float32Array((bottom - top) * to);
  for (let i = 0; i < to; i++) {
    for (let tap = 0; tap < y.count[i]!; tap++) {
      const weight = y.weights[i * y.taps + tap]!;
      const row = (y.start[i]! + tap - top) * to;
      for (let column = 0; column < to; column++) {
        rows[row + column]! += weight * target[i * to + column]!;
      }
    }
  }
  for (let row = top; row < bottom; row++) {
    for (let i = 0; i < to; i++) {
      const value = rows[(row - top) * to + i]!;
      const first = row * from + x.start[i]!;
      const at = i * x.taps;
      const count = x.count[i]!;
      for (let tap = 0; tap < count; tap++) source[first + tap]! += x.weights[at + tap]! * value;
    }
  }
}

/**
 * The first source row that is read, and the one behind the last. Neither need be of the result's first and last row, which
 * the source's edges and zero weights may have shortened.
 */
function rowsRead({ start, count }: FilterWeights): readonly [number, number] {
  let [top, bottom] = [start[0]!, 0];
  for (let i = 0; i < start.length; i++) {
    top = Math.min(top, start[i]!);
    bottom = Math.max(bottom, start[i]! + count[i]!);
  }
  return [top, bottom];
}
