/**
 * out[r, n] = activation(s[r]·t[n]·(Σₖ q[r, k]·W[n, k] − z[r]·Σₖ W[n, k]) + bias[n]) + residual[r, n]
 *
 * q [R, K′] bytes 0…127 with scale s and zero point z by row, as quantize.ts makes them. W [N, K′]
 * int8 with scale t by column, packed in panels of 8 columns: for each 4 of K′, 8 × 4 bytes.
 * `columnScales` [N′, 2]: t as float32 and Σₖ W as int32, N′ the next multiple of 8. out and residual
 * [R, N], bias [N′], float32. The sum is exact in int32; the rest is float32.
 *
 * The loops are those of linear.ts.
 */
import { AHEAD_INTERVAL, aheadStep, touch } from './ahead';
import { finish, nextRow, PANEL } from './finish';
import { dotAdd, madd } from './simd';
import { rangeEnd, rangeStart } from './split';

const BLOCK: i32 = 6;

export function linearInt8(
  q: usize,
  qPitch: usize,
  rowScales: usize,
  rows: i32,
  weight: usize,
  columnScales: usize,
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
    const w = weight + <usize>column * qPitch;
    const c = columnScales + (<usize>column << 3);
    const b: usize = bias == 0 ? 0 : bias + at;
    const r: usize = residual == 0 ? 0 : residual + at;
    const width = min(PANEL, columns - column);
    // The last panel of a thread has none behind it: then nothing new is touched.
    const isLast = panel + 1 == end;
    const step: usize = isLast ? 0 : aheadStep(blocks);
    const next: usize = isLast ? w : w + qPitch * 8;
    const share: usize = isLast ? 0 : (qPitch * 8) / <usize>blocks;
    for (let block = 0; block < blocks; block++) {
      const first = <usize>rangeStart(rows, block, blocks);
      const from = q + first * qPitch;
      const s = rowScales + (first << 3);
      const plus: usize = r == 0 ? 0 : r + first * residualPitch;
      const ahead = next + <usize>block * share;
      const to = out + at + first * outPitch;
      switch (rangeEnd(rows, block, blocks) - <i32>first) {
        case 6:
          tile(6, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 5:
          tile(5, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 4:
          tile(4, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 3:
          tile(3, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 2:
          tile(2, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
          break;
        default:
          tile(1, from, qPitch, s, w, c, b, activation, plus, residualPitch, to, outPitch, width, ahead, step);
      }
    }
  }
}

/** `rows` × 8 results; `rows` is a constant where this is inlined, and what is beyond it vanishes. */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32,
  q: usize,
  qPitch: usize,
  rowScales: usize,
  weight: usize,
  columnScales: usize,
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
  const q1 = q + qPitch;
  const q2 = q1 + qPitch;
  const q3 = q2 + qPitch;
  const q4 = q3 + qPitch;
  const q5 = q4 + qPitch;
  let low0 = i32x4.splat(0);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  let low2 = low0;
  let high2 = low0;
  let low3 = low0;
  let high3 = low0;
  let low4 = low0;
  let high4 = low0;
  let low5 = low0;
  let high5 = low0;
  for (let k: usize = 0; k < qPitch; ) {
    touch(ahead);
    ahead += step;
    const pause = min(k + AHEAD_INTERVAL, qPitch);
    for (; k < pause; k += 4) {
      const wLow = v128.load(weight);
      const wHigh = v128.load(weight, 16);
      weight += 32;
      const v0 = v128.load32_splat(q + k);
      low0 = dotAdd(wLow, v0, low0);
      high0 = dotAdd(wHigh, v0, high0);
      if (rows > 1) {
        const v1 = v128.load32_splat(q1 + k);
        low1 = dotAdd(wLow, v1, low1);
        high1 = dotAdd(wHigh, v1, high1);
      }
      if (rows > 2) {
        const v2 = v128.load32_splat(q2 + k);
        low2 = dotAdd(wLow, v2, low2);
        high2 = dotAdd(wHigh, v2, high2);
      }
      if (rows > 3) {
        const v3 = v128.load32_splat(q3 + k);
        low3 = dotAdd(wLow, v3, low3);
        high3 = dotAdd(wHigh, v3, high3);
      }
      if (rows > 4) {
        const v4 = v128.load32_splat(q4 + k);
        low4 = dotAdd(wLow, v4, low4);
        high4 = dotAdd(wHigh, v4, high4);
      }
      if (rows > 5) {
        const v5 = v128.load32_splat(q5 + k);
        low5 = dotAdd(wLow, v5, low5);
        high5 = dotAdd(wHigh, v5, high5);
      }
    }
  }
  const s = rowScales;
  const c = columnScales;
  scaled(low0, high0, s, c, bias, activation, residual, out, width);
  if (rows > 1) scaled(low1, high1, s + 8, c, bias, activation, nextRow(residual, residualPitch, 1), out + outPitch, width);
  if (rows > 2) scaled(low2, high2, s + 16, c, bias, activation, nextRow(residual, residualPitch, 2), out + 2 * outPitch, width);
  if (rows > 3) scaled(low3, high3, s + 24, c, bias, activation, nextRow(residual, residualPitch, 3), out + 3 * outPitch, width);
  if (rows > 4) scaled(low4, high4, s + 32, c, bias, activation, nextRow(residual, residualPitch, 4), out + 4 * outPitch, width);
  if (rows > 5) scaled(low5, high5, s + 40, c, bias, activation, nextRow(residual, residualPitch, 5), out + 5 * outPitch, width);
}

/** One row's 8 sums as float32, and then what finish.ts does. */
function scaled(
  low: v128,
  high: v128,
  rowScale: usize,
  columnScales: usize,
  bias: usize,
  activation: i32,
  residual: usize,
  out: usize,
  width: i32,
): void {
  const scale = f32x4.splat(load<f32>(rowScale));
  const zero = i32x4.splat(load<i32>(rowScale, 4));
  const c01 = v128.load(columnScales);
  const c23 = v128.load(columnScales, 16);
  const c45 = v128.load(columnScales, 32);
  const c67 = v128.load(columnScales, 48);
  const lowScales = v128.shuffle<i32>(c01, c23, 0, 2, 4, 6);
  const lowSums = v128.shuffle<i32>(c01, c23, 1, 3, 5, 7);
  const highScales = v128.shuffle<i32>(c45, c67, 0, 2, 4, 6);
  const highSums = v128.shuffle<i32>(c45, c67, 1, 3, 5, 7);
  const lowBias = bias == 0 ? f32x4.splat(0) : v128.load(bias);
  const highBias = bias == 0 ? f32x4.splat(0) : v128.load(bias, 16);
  const lowExact = i32x4.sub(low, i32x4.mul(zero, lowSums));
  const highExact = i32x4.sub(high, i32x4.mul(zero, highSums));
  finish(
    madd(f32x4.convert_i32x4_s(lowExact), f32x4.mul(scale, lowScales), lowBias),
    madd(f32x4.convert_i32x4_s(highExact), f32x4.mul(scale, highScales), highBias),
    activation,
    residual,
    out,
    width,
  );
}
