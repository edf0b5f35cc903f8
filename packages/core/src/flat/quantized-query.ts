/** A query as `assembly/flat/scan.ts` takes it, in units of its own. */
export interface QuantizedQuery {
  /** [pitch], 0 behind the query's own. */
  readonly levels: Int16Array;
  /** What a level stands for, in units. */
  readonly step: number;
  /** A power of two that takes the largest magnitude to about 1, so that no product overflows or vanishes. */
  readonly unit: number;
  /** What the rows' dither adds to the sum of products. */
  readonly offset: number;
  /** How far a true score can be above the scan's, in units, for each step of the row; 0 only for a query of zeros. */
  readonly margin: number;
}

const MAX_INT16 = 2 ** 15 - 1;
const MAX_INT32 = 2 ** 31 - 1;
/** A code less its dither. */
const MAX_CODE = 128;

/** A true score is above the bound with a probability of at most e^(−6²/2), 1 in 66 million. */
const DEVIATIONS = 6;
/** Of a number that is uniform in an interval of 1. */
const UNIFORM_DEVIATION = 1 / Math.sqrt(12);
/** More than what float32 rounds in a code, a step and a score: 8 times 2⁻²⁴ of 127 steps. */
const FLOAT_ROUNDING = 2 ** -13;

/**
 * Rounds to as many levels as 16 bits have, or as keep the sum of products with codes in 32 bits; symmetric about zero.
 *
 * The margin adds up what separates the scan's score of a row with a step of 1 from the true one:
 * - The row's rounding: Σ q·e, where each e is uniform in [−½, ½) and independent of the others and of the query (see
 *   `dither.ts`). Uniform numbers are sub-Gaussian with their own variance of 1/12, so the
 *   Chernoff bound of the sum is that of a normal one of deviation ‖q‖/√12. That holds for all vectors that were not made from the dither.
 * - The query's rounding, which is known, with codes as large as they can be.
 * - The rounding of the offset, and that of float32.
 *
 * @param query [E], finite.
 * @param dither [pitch], that of the rows.
 */
export function quantizeQuery(query: Float32Array, dither: Float32Array): QuantizedQuery {
  const pitch = dither.length;
  const most = Math.min(MAX_INT16, Math.floor(MAX_INT32 / (MAX_CODE * pitch)));
  const largest = query.reduce((sofar, value) => Math.max(sofar, Math.abs(value)), 0);
  const levels = new Int16Array(pitch);
  if (largest === 0) return { levels, step: 0, unit: 1, offset: 0, margin: 0 };

  const unit = 2 ** Math.floor(Math.log2(largest));
  const step = Math.fround(largest / unit / most);
  let offset = 0;
  let squares = 0;
  let magnitudes = 0;
  let rounding = 0;
  for (const [k, scaled] of query.entries()) {
    const value = scaled / unit;
    const level = Math.round(value / step);
    levels[k] = level;
    offset += level * dither[k]!;
    squares += value * value;
    magnitudes += Math.abs(value);
    rounding += Math.abs(value - step * level);
  }
  const margin =
    DEVIATIONS * UNIFORM_DEVIATION * Math.sqrt(squares) +
    MAX_CODE * rounding +
    step +
    FLOAT_ROUNDING * magnitudes;
  return { levels, step, unit, offset: Math.round(offset), margin };
}
