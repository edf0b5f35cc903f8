/** The innermost loop of a linear layer: a block of rows times a panel of columns. See tiles.ts. */
import { aheadInterval, touchAhead } from './ahead';
import { finishFloat32, finishInt8 } from './finish';
import { dotAdd, madd } from './simd';

/**
 * `rows` × 8 results. For row R of the block, xR is where x is read, lowR and highR are the sums of
 * columns 0 to 3 and 4 to 7, and vR and uR the row's lanes at k and k + 1. A local cannot be indexed,
 * hence a line for each row.
 */
// @ts-ignore: decorator
@inline
export function tile(
  isInt8: bool,
  rows: i32,
  x: usize,
  xPitch: usize,
  rowBytes: usize,
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
  let x1 = x + xPitch;
  let x2 = x1 + xPitch;
  let x3 = x2 + xPitch;
  let x4 = x3 + xPitch;
  let x5 = x4 + xPitch;
  const isBiased = !isInt8 && bias != 0;
  let low0 = isBiased ? v128.load(bias) : i32x4.splat(0);
  let high0 = isBiased ? v128.load(bias, 16) : i32x4.splat(0);
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
  const end = x + rowBytes;
  while (x < end) {
    ahead = touchAhead(isInt8, ahead, step);
    const pause = min(x + aheadInterval(isInt8), end);
    // Two steps of k at a time: the end of the loop, and moving the pointers, cost once for both.
    while (x < pause) {
      const wLow = v128.load(weight);
      const wHigh = v128.load(weight, 16);
      const v0 = v128.load32_splat(x);
      low0 = accumulate(isInt8, wLow, v0, low0);
      high0 = accumulate(isInt8, wHigh, v0, high0);
      if (rows > 1) {
        const v1 = v128.load32_splat(x1);
        low1 = accumulate(isInt8, wLow, v1, low1);
        high1 = accumulate(isInt8, wHigh, v1, high1);
      }
      if (rows > 2) {
        const v2 = v128.load32_splat(x2);
        low2 = accumulate(isInt8, wLow, v2, low2);
        high2 = accumulate(isInt8, wHigh, v2, high2);
      }
      if (rows > 3) {
        const v3 = v128.load32_splat(x3);
        low3 = accumulate(isInt8, wLow, v3, low3);
        high3 = accumulate(isInt8, wHigh, v3, high3);
      }
      if (rows > 4) {
        const v4 = v128.load32_splat(x4);
        low4 = accumulate(isInt8, wLow, v4, low4);
        high4 = accumulate(isInt8, wHigh, v4, high4);
      }
      if (rows > 5) {
        const v5 = v128.load32_splat(x5);
        low5 = accumulate(isInt8, wLow, v5, low5);
        high5 = accumulate(isInt8, wHigh, v5, high5);
      }
      if (x + 4 == end) {
        x = end; // an odd number of steps
        break;
      }
      const nextLow = v128.load(weight, 32);
      const nextHigh = v128.load(weight, 48);
      const u0 = v128.load32_splat(x, 4);
      low0 = accumulate(isInt8, nextLow, u0, low0);
      high0 = accumulate(isInt8, nextHigh, u0, high0);
      if (rows > 1) {
        const u1 = v128.load32_splat(x1, 4);
        low1 = accumulate(isInt8, nextLow, u1, low1);
        high1 = accumulate(isInt8, nextHigh, u1, high1);
      }
      if (rows > 2) {
        const u2 = v128.load32_splat(x2, 4);
        low2 = accumulate(isInt8, nextLow, u2, low2);
        high2 = accumulate(isInt8, nextHigh, u2, high2);
      }
      if (rows > 3) {
        const u3 = v128.load32_splat(x3, 4);
        low3 = accumulate(isInt8, nextLow, u3, low3);
        high3 = accumulate(isInt8, nextHigh, u3, high3);
      }
      if (rows > 4) {
        const u4 = v128.load32_splat(x4, 4);
        low4 = accumulate(isInt8, nextLow, u4, low4);
        high4 = accumulate(isInt8, nextHigh, u4, high4);
      }
      if (rows > 5) {
        const u5 = v128.load32_splat(x5, 4);
        low5 = accumulate(isInt8, nextLow, u5, low5);
        high5 = accumulate(isInt8, nextHigh, u5, high5);
      }
      weight += 64;
      x += 8;
      if (rows > 1) x1 += 8;
      if (rows > 2) x2 += 8;
      if (rows > 3) x3 += 8;
      if (rows > 4) x4 += 8;
      if (rows > 5) x5 += 8;
    }
  }
  finish(isInt8, 0, low0, high0, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
  if (rows > 1) finish(isInt8, 1, low1, high1, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
  if (rows > 2) finish(isInt8, 2, low2, high2, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
  if (rows > 3) finish(isInt8, 3, low3, high3, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
  if (rows > 4) finish(isInt8, 4, low4, high4, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
  if (rows > 5) finish(isInt8, 5, low5, high5, rowScales, columnScales, bias, activation, residual, residualPitch, out, outPitch, width);
}

// @ts-ignore: decorator
@inline
function accumulate(isInt8: bool, w: v128, x: v128, sum: v128): v128 {
  return isInt8 ? dotAdd(w, x, sum) : madd(x, w, sum);
}

/** Row `row` of a block. */
// @ts-ignore: decorator
@inline
function finish(
  isInt8: bool,
  row: usize,
  low: v128,
  high: v128,
  rowScales: usize,
  columnScales: usize,
  bias: usize,
  activation: i32,
  residual: usize,
  residualPitch: usize,
  out: usize,
  outPitch: usize,
  width: i32,
): void {
  const r: usize = residual == 0 ? 0 : residual + row * residualPitch;
  const to = out + row * outPitch;
  if (isInt8) {
    finishInt8(low, high, rowScales + (row << 3), columnScales, bias, activation, r, to, width);
  } else {
    finishFloat32(low, high, activation, r, to, width);
  }
}
