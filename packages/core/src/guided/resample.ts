import { type FilterWeights, filterWeights } from '../image/resize/axis-weights.ts';
import type { KernelMemory } from './picture-kernels.ts';

/** A resampling of square planes, [from, from] to [to, to]. */
export interface Resampling {
  readonly from: number;
  readonly to: number;
  /** The first source row that is read, and the one behind the last. */
  readonly top: number;
  readonly bottom: number;
  readonly x: Axis;
  /** Rows count from `top`. */
  readonly y: Axis;
}

/** What each pixel along an axis of the result takes from the source, as `assembly/guided/resample.ts` reads it. */
interface Axis {
  readonly taps: number;
  readonly records: Float64Array;
}

/** The square of the source that is resampled; it may have fractions, but lies within. */
export interface SourceSquare {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Bicubic, antialiased where the result is smaller: a square of planes [from, from] to planes [to, to]. */
export function bicubic(from: number, square: SourceSquare, to: number): Resampling {
  const scale = square.side / to;
  const axis = (start: number) => trimmed(filterWeights('bicubic', from, scale, start / scale, to));
  const [x, y] = [axis(square.left), axis(square.top)];
  const [top, bottom] = placesRead(y);
  return { from, to, top, bottom, x: recordsOf(x, 0), y: recordsOf(y, top) };
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

/** The first place that is read, and the one behind the last: of any result, as the edges shorten what some read. */
function placesRead({ start, count }: FilterWeights): readonly [number, number] {
  let [top, bottom] = [start[0]!, 0];
  for (let i = 0; i < start.length; i++) {
    top = Math.min(top, start[i]!);
    bottom = Math.max(bottom, start[i]! + count[i]!);
  }
  return [top, bottom];
}

/** @param first the source pixel that counts as 0. */
function recordsOf({ start, count, taps, weights }: FilterWeights, first: number): Axis {
  const most = Math.max(...count);
  const records = new Float64Array(start.length * (most + 1));
  const places = new Int32Array(records.buffer);
  for (let i = 0; i < start.length; i++) {
    const at = i * (most + 1);
    places[2 * at] = start[i]! - first;
    places[2 * at + 1] = count[i]!;
    records.set(weights.subarray(i * taps, i * taps + count[i]!), at + 1);
  }
  return { taps: most, records };
}

/** The rows of a source plane that are read. */
export function rowsRead({ from, top, bottom }: Resampling, plane: Float32Array): Float32Array {
  return plane.subarray(top * from, bottom * from);
}

/**
 * Adds a resampled plane: target += R · source.
 *
 * @param source address of {@link rowsRead}.
 * @param target address of [to, to].
 */
export function addResampled(
  memory: KernelMemory,
  resampling: Resampling,
  source: number,
  target: number,
): void {
  run('addResampled', memory, resampling, source, target);
}

/** The adjoint of {@link addResampled}: source += Rᵀ · target. */
export function addResampledAdjoint(
  memory: KernelMemory,
  resampling: Resampling,
  source: number,
  target: number,
): void {
  run('addResampledAdjoint', memory, resampling, source, target);
}

function run(
  kernel: 'addResampled' | 'addResampledAdjoint',
  memory: KernelMemory,
  { from, to, top, bottom, x, y }: Resampling,
  source: number,
  target: number,
): void {
  const height = bottom - top;
  const room = height * Math.max(from, to);
  memory.during(() => {
    const tables = [memory.copyOf(x.records), x.taps, memory.copyOf(y.records), y.taps] as const;
    const [first, second] = [memory.room(room), memory.room(room)];
    memory.kernels[kernel](source, height, from, ...tables, to, first, second, target);
  });
}
