import type { Comparison } from '../kit/compare.ts';

export type Tower = 'image' | 'text' | 'logits' | 'pixels' | 'tokens';

/** One comparison with the reference, as `bench parity --json` prints it. */
interface ParityRow {
  readonly case: string;
  readonly tower: Tower;
  /** The backend that computed; `any` for what no backend takes part in. */
  readonly backend: string;
  /** `f32` or `int8`; `u8` for pixels, `exact` for token ids. */
  readonly precision: string;
  /** The smallest cosine of a row with the reference's row. For tokens: the share of equal texts. */
  readonly minCosine: number;
  /** The largest ‖a − b‖ / ‖b‖ of a row, b the reference. For tokens: the share of unequal texts. */
  readonly relL2: number;
  /** The largest difference of a value; pixels in 8-bit levels. For tokens: the unequal texts. */
  readonly maxAbsDiff: number;
  readonly passed: boolean;
}

/** A row, and what the table and the error output say of it. */
export interface ParityResult {
  readonly row: ParityRow;
  /** The gate, such as `relL2 ≤ 1e-5`. */
  readonly gate: string;
  /** What was measured beyond the row's numbers, and for a failure where it is worst. */
  readonly detail: string;
}

/** What a comparison must hold to pass. */
export interface Gate {
  readonly text: string;
  passes(comparison: Comparison): boolean;
}
