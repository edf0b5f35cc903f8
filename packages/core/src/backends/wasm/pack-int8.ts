/** Packs weights as `assembly/linear-int8.ts` reads them: int8, one scale a column. */

import { PANEL, wholePanels } from './pack-panels.ts';

/** k that lie side by side for one column: the four bytes of a lane. */
const GROUP = 4;
const LEVELS = 127;
const SCALE_BYTES = 8;

/** The depth K′ of packed weights and of quantised rows: K filled up to whole vectors of bytes. */
export const int8Depth = (depth: number): number => Math.ceil(depth / 16) * 16;

/** Where the scales begin, in bytes behind the panels' first. */
export const int8ScalesOffset = (columns: number, depth: number): number =>
  wholePanels(columns) * int8Depth(depth);

/** Bytes of panels and scales together. */
export const int8Bytes = (columns: number, depth: number): number =>
  int8ScalesOffset(columns, depth) + wholePanels(columns) * SCALE_BYTES;

/**
 * Quantises rows of W [N, K], which become columns of the panels. Each row's largest magnitude is
 * 127 steps.
 *
 * @param values the rows from `first` on.
 * @param target all of the weight: {@link int8Bytes}, zero where nothing has been packed.
 */
export function packInt8(
  values: Float32Array,
  first: number,
  shape: { readonly rows: number; readonly columns: number },
  target: { readonly buffer: ArrayBufferLike; readonly byteOffset: number },
): void {
  const depth = int8Depth(shape.columns);
  const panels = new Int8Array(target.buffer, target.byteOffset);
  const scales = new DataView(
    target.buffer,
    target.byteOffset + int8ScalesOffset(shape.rows, shape.columns),
  );
  for (let row = 0; row * shape.columns < values.length; row++) {
    const weights = values.subarray(row * shape.columns, (row + 1) * shape.columns);
    const n = first + row;
    const scale = largestMagnitude(weights) / LEVELS || 1;
    let to = Math.floor(n / PANEL) * PANEL * depth + (n % PANEL) * GROUP;
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const level = Math.round(weights[k]! / scale);
      sum += level;
      panels[to] = level;
      to += k % GROUP === GROUP - 1 ? PANEL * GROUP - GROUP + 1 : 1;
    }
    scales.setFloat32(n * SCALE_BYTES, scale, true);
    scales.setInt32(n * SCALE_BYTES + 4, sum, true);
  }
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}
