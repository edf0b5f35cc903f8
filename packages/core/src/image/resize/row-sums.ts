import { PRECISION_BITS } from './axis-weights.ts';

/** Added before the shift, so that it rounds to the nearest. */
export const HALF = 1 << (PRECISION_BITS - 1);

/** The rows of the result that are under way in the vertical pass, as sums of weighted source rows. */
export interface RowSums {
  /** RGB; the source row that is added next. */
  readonly row: Uint8Array;
  /** Adds the source row, times a weight, to row `row` of the result. */
  add(row: number, weight: number): void;
  /** Writes row `row` of the result, which is complete. */
  end(row: number, into: Uint8Array): void;
}

/** @param rowBytes - of a row of the result */
export function rowSums(rowBytes: number): RowSums {
  const source = new Uint8Array(rowBytes);
  const underWay = new Map<number, Int32Array>();
  return {
    row: source,
    add: (row, weight) => {
      let sums = underWay.get(row);
      if (sums === undefined) {
        sums = new Int32Array(rowBytes).fill(HALF);
        underWay.set(row, sums);
      }
      for (let i = 0; i < rowBytes; i++) sums[i] = sums[i]! + Math.imul(weight, source[i]!);
    },
    end: (row, into) => {
      const sums = underWay.get(row)!;
      for (let i = 0; i < rowBytes; i++) into[i] = clamped(sums[i]!);
      underWay.delete(row);
    },
  };
}

export function clamped(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : Math.min(value, 255);
}
