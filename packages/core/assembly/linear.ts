/**
 * out[r, n] = activation(Σₖ x[r, k] · W[n, k] + bias[n]) + residual[r, n]
 *
 * x [R, K], out and residual [R, N], float32. W is packed in panels of 8 columns, each K × 8 floats,
 * the last one filled up with zeros; bias is filled up to a multiple of 8. Pointers are 16-byte
 * aligned but for x, whose elements are loaded one by one. The sum over k is in order, in float32
 * (fused in the relaxed build).
 *
 * For each panel, all rows pass in blocks of up to 6: 12 accumulators, two vectors of W and one of x
 * fill the 16 registers of x64. A panel stays in the first cache meanwhile, so the weights stream from
 * memory once. The threads share the panels, so that one image keeps all of them busy.
 */
import { AHEAD_INTERVAL, aheadStep, touch } from './ahead';
import { finish, nextRow, PANEL } from './finish';
import { madd } from './simd';
import { rangeEnd, rangeStart } from './split';

const BLOCK: i32 = 6;

export function linear(
  x: usize,
  xPitch: usize,
  rows: i32,
  depth: i32,
  weight: usize,
  columns: i32,
  bias: usize,
  activation: i32,
  residual: usize,
  residualPitch: usize,
  out: usize,
  outPitch: usize,
  thread: i32,
  threads: i32,
): void {
  const panels = (columns + PANEL - 1) / PANEL;
  const blocks = (rows + BLOCK - 1) / BLOCK;
  const end = rangeEnd(panels, thread, threads);
  for (let panel = rangeStart(panels, thread, threads); panel < end; panel++) {
    const column = panel * PANEL;
    const at = <usize>column << 2;
    const w = weight + at * <usize>depth;
    const b: usize = bias == 0 ? 0 : bias + at;
    const r: usize = residual == 0 ? 0 : residual + at;
    const width = min(PANEL, columns - column);
    // The last panel of a thread has none behind it: then nothing new is touched.
    const isLast = panel + 1 == end;
    const step: usize = isLast ? 0 : aheadStep(blocks);
    const next: usize = isLast ? w : w + <usize>depth * 32;
    const share: usize = isLast ? 0 : (<usize>depth * 32) / <usize>blocks;
    for (let block = 0; block < blocks; block++) {
      const first = rangeStart(rows, block, blocks);
      const from = x + <usize>first * xPitch;
      const plus: usize = r == 0 ? 0 : r + <usize>first * residualPitch;
      const ahead = next + <usize>block * share;
      const to = out + at + <usize>first * outPitch;
      switch (rangeEnd(rows, block, blocks) - first) {
        case 6:
          tile(6, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 5:
          tile(5, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 4:
          tile(4, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 3:
          tile(3, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 2:
          tile(2, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        default:
          tile(1, from, xPitch, depth, w, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
      }
    }
  }
}

/** `rows` × 8 results; `rows` is a constant where this is inlined, and what is beyond it vanishes. */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32,
  x: usize,
  xPitch: usize,
  depth: i32,
  weight: usize,
  bias: usize,
  activation: i32,
  residual: usize,
  residualPitch: usize,
  out: usize,
  outPitch: usize,
  width: i32,
  ahead: usize,
  step: usize,
): void {
  const x1 = x + xPitch;
  const x2 = x1 + xPitch;
  const x3 = x2 + xPitch;
  const x4 = x3 + xPitch;
  const x5 = x4 + xPitch;
  let low0 = bias == 0 ? f32x4.splat(0) : v128.load(bias);
  let high0 = bias == 0 ? f32x4.splat(0) : v128.load(bias, 16);
  let low1 = low0;
  let high1 = high0;
  let low2 = low0;
  let high2 = high0;
  let low3 = low0;
  let high3 = high0;
  let low4 = low0;
  let high4 = high0;
  let low5 = low0;
  let high5 = high0;
  const end = <usize>depth << 2;
  for (let k: usize = 0; k < end; ) {
    touch(ahead);
    ahead += step;
    const pause = min(k + AHEAD_INTERVAL, end);
    for (; k < pause; k += 4) {
      const wLow = v128.load(weight);
      const wHigh = v128.load(weight, 16);
      weight += 32;
      const v0 = v128.load32_splat(x + k);
      low0 = madd(v0, wLow, low0);
      high0 = madd(v0, wHigh, high0);
      if (rows > 1) {
        const v1 = v128.load32_splat(x1 + k);
        low1 = madd(v1, wLow, low1);
        high1 = madd(v1, wHigh, high1);
      }
      if (rows > 2) {
        const v2 = v128.load32_splat(x2 + k);
        low2 = madd(v2, wLow, low2);
        high2 = madd(v2, wHigh, high2);
      }
      if (rows > 3) {
        const v3 = v128.load32_splat(x3 + k);
        low3 = madd(v3, wLow, low3);
        high3 = madd(v3, wHigh, high3);
      }
      if (rows > 4) {
        const v4 = v128.load32_splat(x4 + k);
        low4 = madd(v4, wLow, low4);
        high4 = madd(v4, wHigh, high4);
      }
      if (rows > 5) {
        const v5 = v128.load32_splat(x5 + k);
        low5 = madd(v5, wLow, low5);
        high5 = madd(v5, wHigh, high5);
      }
    }
  }
  finish(low0, high0, activation, residual, out, width);
  if (rows > 1) finish(low1, high1, activation, nextRow(residual, residualPitch, 1), out + outPitch, width);
  if (rows > 2) finish(low2, high2, activation, nextRow(residual, residualPitch, 2), out + 2 * outPitch, width);
  if (rows > 3) finish(low3, high3, activation, nextRow(residual, residualPitch, 3), out + 3 * outPitch, width);
  if (rows > 4) finish(low4, high4, activation, nextRow(residual, residualPitch, 4), out + 4 * outPitch, width);
  if (rows > 5) finish(low5, high5, activation, nextRow(residual, residualPitch, 5), out + 5 * outPitch, width);
}
