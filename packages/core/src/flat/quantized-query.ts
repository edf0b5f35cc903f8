/** A query as `assembly/flat/scan.ts` takes it. */
export interface QuantizedQuery {
  /** [pitch], 0 behind the query's own. */
  readonly levels: Int16Array;
  /** What a level stands for. */
  readonly scale: number;
}

const MAX_INT16 = 2 ** 15 - 1;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_CODE = 127;

/**
 * Rounds to as many levels as 16 bits have, or as keep the sum of products with codes in 32 bits; symmetric about zero.
 * At 512 numbers that is finer than float16, so the rows' 8 bits are the only error that counts.
 *
 * @param query [E], finite.
 */
export function quantizeQuery(query: Float32Array, pitch: number): QuantizedQuery {
  const most = Math.min(MAX_INT16, Math.floor(MAX_INT32 / (MAX_CODE * pitch)));
  const largest = query.reduce((sofar, value) => Math.max(sofar, Math.abs(value)), 0);
  const levels = new Int16Array(pitch);
  if (largest > 0) {
    for (const [k, value] of query.entries()) levels[k] = Math.round((value / largest) * most);
  }
  return { levels, scale: largest / most };
}
