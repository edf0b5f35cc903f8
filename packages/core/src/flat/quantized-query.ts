/** A query as `assembly/flat/scan.ts` takes it. */
export interface QuantizedQuery {
  /** Two planes of seven bits, [2, pitch]. */
  readonly planes: Uint8Array;
  readonly scale: number;
}

/** Levels to either side of zero. */
const LEVELS = 8191;
const OFFSET = 8192;

/**
 * Rounds to 14 bits, symmetric about zero: the scan waits for the rows, so the second plane costs it nothing, and
 * leaves the rows' eight bits as the only error that counts.
 *
 * @param query [E], finite.
 */
export function quantizeQuery(query: Float32Array, pitch: number): QuantizedQuery {
  const largest = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest / LEVELS;
  const planes = new Uint8Array(2 * pitch);
  for (const [k, value] of query.entries()) {
    const level = (largest === 0 ? 0 : Math.round((value / largest) * LEVELS)) + OFFSET;
    planes[k] = level >> 7;
    planes[pitch + k] = level & 127;
  }
  return { planes, scale };
}
