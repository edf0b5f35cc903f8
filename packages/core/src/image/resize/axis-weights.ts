import { ClipError, grouped } from '../../errors.ts';
import { FILTERS, type ResizeFilter } from './filters.ts';

/** Bits behind the point: 8 of the 32 are for the sample, 2 for sign and overshoot. */
export const PRECISION_BITS = 32 - 8 - 2;

/** What each pixel along one axis of the result takes from the source. */
export interface AxisWeights {
  /** [n] the first source pixel. */
  readonly start: Int32Array;
  /** [n] source pixels, at most `taps`. */
  readonly count: Int32Array;
  /** Places for weights a pixel. */
  readonly taps: number;
  /** [n, taps] fixed-point weights, zero behind `count`. */
  readonly weights: Int32Array;
}

/** {@link AxisWeights} before they are rounded. */
export interface FilterWeights extends Omit<AxisWeights, 'weights'> {
  /** [n, taps], of sum 1; zero behind `count`. */
  readonly weights: Float64Array;
}

/** Enough for a side of two million pixels; more would be a memory hazard of no use. */
const MAX_WEIGHTS = 10_000_000;

/**
 * The weights of a filter along one axis (Pillow `precompute_coeffs` and `normalize_coeffs_8bpc` in
 * `src/libImaging/Resample.c`), rounded to fixed point, the half away from zero. `nearest` is no filter but one pixel,
 * without antialiasing.
 *
 * @param from - source pixels along the axis
 * @param to - pixels of the whole result along the axis
 * @param offset - the first pixel of the result that is wanted
 * @param n - how many are wanted
 * @throws ClipError IMAGE_TOO_LARGE when millions of pixels are to become a few.
 */
export function axisWeights(
  filter: ResizeFilter,
  from: number,
  to: number,
  offset: number,
  n: number,
): AxisWeights {
  if (filter === 'nearest') return nearestPixels(from / to, offset, n);
  const { weights, ...places } = filterWeights(filter, from, from / to, offset, n);
  const rounded = new Int32Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]! * 2 ** PRECISION_BITS;
    rounded[i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
  }
  return { ...places, weights: rounded };
}

/**
 * The weights of a filter along one axis, in float64 and of sum 1. When shrinking, the filter is as much wider as the
 * picture is larger: that is the antialiasing.
 *
 * @param scale - source pixels for each of the result
 * @param offset - the first pixel of the result that is wanted; it may have a fraction
 * @throws ClipError IMAGE_TOO_LARGE when millions of pixels are to become a few.
 */
export function filterWeights(
  filter: Exclude<ResizeFilter, 'nearest'>,
  from: number,
  scale: number,
  offset: number,
  n: number,
): FilterWeights {
  const { support: reach, weight: weightAt } = FILTERS[filter];
  const widening = Math.max(scale, 1);
  const support = reach * widening;
  const taps = Math.ceil(support) * 2 + 1;
  if (n * taps > MAX_WEIGHTS) {
    throw new ClipError(
      'IMAGE_TOO_LARGE',
      `expected a side that resizes to ${grouped(Math.round(from / scale))} pixels with at most ${MAX_WEIGHTS} weights, ` +
        `got one of ${grouped(from)} pixels`,
    );
  }
  const start = new Int32Array(n);
  const count = new Int32Array(n);
  const weights = new Float64Array(n * taps);
  const narrowing = 1 / widening;

  for (let i = 0; i < n; i++) {
    const centre = (offset + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const behind = Math.min(from, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < behind - first; tap++) {
      const weight = weightAt((tap + first - centre + 0.5) * narrowing);
      weights[i * taps + tap] = weight;
      sum += weight;
    }
    if (sum !== 0) for (let tap = 0; tap < behind - first; tap++) weights[i * taps + tap]! /= sum;
    start[i] = first;
    count[i] = behind - first;
  }
  return { start, count, taps, weights };
}

/**
 * Positions are summed up step by step, as in Pillow's `ImagingScaleAffine` (`Geometry.c`), where the
 * rounding of each step counts.
 */
function nearestPixels(scale: number, offset: number, n: number): AxisWeights {
  const start = new Int32Array(n);
  let position = scale * 0.5;
  for (let i = 0; i < offset + n; i++, position += scale) {
    if (i >= offset) start[i - offset] = Math.trunc(position);
  }
  const weights = new Int32Array(n).fill(2 ** PRECISION_BITS);
  return { start, count: new Int32Array(n).fill(1), taps: 1, weights };
}
