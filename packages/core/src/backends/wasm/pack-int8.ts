/** Packs weights as `assembly/linear-int8.ts` reads them: int8, one scale a column. */

import { PANEL, wholePanels } from './pack-panels.ts';

/** k that lie side by side for one column: the four bytes of a lane. */
const GROUP = 4;
const LEVELS = 127;
const SCALE_BYTES = 8;
const WITHOUT_SIGN = 0x7fffffff;

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
 * @param values the rows from `first` on, finite; what is in them is lost.
 * @param target all of the weight: {@link int8Bytes}, zero where nothing has been packed.
 */
export function packInt8(
  values: Float32Array,
  first: number,
  shape: { readonly rows: number; readonly columns: number },
  target: { readonly buffer: ArrayBufferLike; readonly byteOffset: number },
): void {
  const depth = shape.columns;
  const panels = new Int8Array(target.buffer, target.byteOffset);
  const scales = new DataView(
    target.buffer,
    target.byteOffset + int8ScalesOffset(shape.rows, shape.columns),
  );
  // One view for all: one of each row would be 15 MB of garbage in all of ViT-B/32, and loops over a part of
  // the values take a tenth longer.
  const row = values.subarray(0, depth);
  const rowBits = new Int32Array(row.buffer, row.byteOffset, depth);
  for (let from = 0; from < values.length; from += depth) {
    values.copyWithin(0, from, from + depth);
    const n = first + from / depth;
    const to = Math.floor(n / PANEL) * PANEL * int8Depth(depth) + (n % PANEL) * GROUP;
    const scale = largestMagnitude(row, rowBits) / LEVELS || 1;
    const sum = packRow(row, scale, panels, to);
    scales.setFloat32(n * SCALE_BYTES, scale, true);
    scales.setInt32(n * SCALE_BYTES + 4, sum, true);
  }
}

function packRow(row: Float32Array, scale: number, panels: Int8Array, to: number): number {
  let sum = 0;
  let at = to;
  for (let k = 0; k < row.length; k++) {
    const level = Math.round(row[k]! / scale);
    sum += level;
    panels[at] = level;
    at += k % GROUP === GROUP - 1 ? PANEL * GROUP - GROUP + 1 : 1;
  }
  return sum;
}

/**
 * Found among the bits: without their sign, those of finite floats are in the order of the floats. V8 makes
 * an object of each float that a loop takes up before it is compiled, and of whole numbers none.
 */
function largestMagnitude(row: Float32Array, rowBits: Int32Array): number {
  let largest = 0;
  let at = 0;
  for (let k = 0; k < rowBits.length; k++) {
    const magnitude = rowBits[k]! & WITHOUT_SIGN;
    if (magnitude > largest) {
      largest = magnitude;
      at = k;
    }
  }
  return Math.abs(row[at]!);
}
