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
 * @param values the rows from `first` on, finite.
 * @param target all of the weight: {@link int8Bytes}, zero where nothing has been packed.
 */
export function packInt8(
  values: Float32Array,
  first: number,
  shape: { readonly rows: number; readonly columns: number },
  target: { readonly buffer: ArrayBufferLike; readonly byteOffset: number },
): void {
  const depth = shape.columns;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const panels = new Int8Array(target.buffer, target.byteOffset);
  const scales = new DataView(
    target.buffer,
    target.byteOffset + int8ScalesOffset(shape.rows, shape.columns),
  );
  for (let from = 0; from < values.length; from += depth) {
    const n = first + from / depth;
    const to = Math.floor(n / PANEL) * PANEL * int8Depth(depth) + (n % PANEL) * GROUP;
    const scale = largestMagnitude(values, bits, from, depth) / LEVELS || 1;
    const sum = packRow(values, from, depth, scale, panels, to);
    scales.setFloat32(n * SCALE_BYTES, scale, true);
    scales.setInt32(n * SCALE_BYTES + 4, sum, true);
  }
}

/** Over numbers alone: an object for each row would be 15 MB of garbage in all of ViT-B/32. */
function packRow(
  values: Float32Array,
  from: number,
  depth: number,
  scale: number,
  panels: Int8Array,
  to: number,
): number {
  let sum = 0;
  let at = to;
  for (let k = 0; k < depth; k++) {
    const level = Math.round(values[from + k]! / scale);
    sum += level;
    panels[at] = level;
    at += k % GROUP === GROUP - 1 ? PANEL * GROUP - GROUP + 1 : 1;
  }
  return sum;
}

/**
 * The largest magnitude of a row, found among the bits: without their sign, those of finite floats are in
 * the order of the floats. V8 makes an object of each float that a loop takes up before it is compiled.
 */
function largestMagnitude(
  values: Float32Array,
  bits: Int32Array,
  from: number,
  depth: number,
): number {
  let largest = 0;
  let at = from;
  for (let i = from; i < from + depth; i++) {
    const magnitude = bits[i]! & WITHOUT_SIGN;
    if (magnitude > largest) {
      largest = magnitude;
      at = i;
    }
  }
  return Math.abs(values[at]!);
}
