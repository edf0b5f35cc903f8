/**
 * The loops of a linear layer, the same for float32 and int8, which differ in what a lane of four
 * bytes holds: one float, or four small integers.
 *
 * W is packed in panels of 8 columns: for each lane of a row of x, 8 lanes side by side, so that a
 * panel has 8 times the bytes of a row. For each panel, all rows pass in blocks of up to 6: 12
 * accumulators, two vectors of W and one of x fill the 16 registers of x64. A panel stays in the first
 * cache meanwhile, so the weights stream from memory once. The threads share the panels, so that one
 * image keeps all of them busy. The sum over k is in order.
 *
 * Where there are more rows than columns, as in convolutions, the threads share the rows instead, and go over
 * all panels with as many rows as the second cache holds beside their results: else x would stream from memory
 * once a panel.
 */
import { aheadInterval, aheadStep, touchAhead } from './ahead';
import { finishFloat32, finishInt8 } from './finish';
import { dotAdd, madd } from './simd';
import { rangeEnd, rangeStart } from './split';

/** Rows of a block, at most. */
const BLOCK: i32 = 6;
/** Columns of a panel. */
const PANEL: i32 = 8;
/** What rows that pass over all panels together may take with their results, in bytes. */
const PASS_BYTES: usize = 192 * 1024;
/** Rows that pass over all panels together, at least: weights that stream from memory wait for fewer. */
const PASS_ROWS: i32 = 48;

/**
 * `isInt8` is a constant where this is inlined, as is `rows` below, and what they exclude vanishes.
 *
 * @param rowBytes of a row of x that are read; the panels have 8 times as many
 * @param rowScales scale and zero point by row, in int8
 * @param columnScales scale and sum by column, in int8
 */
// @ts-ignore: decorator
@inline
export function tiles(
  isInt8: bool,
  x: usize,
  xPitch: usize,
  rows: i32,
  rowBytes: usize,
  rowScales: usize,
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
  const byRows = rows > columns;
  const firstPanel = byRows ? 0 : rangeStart(panels, thread, threads);
  const endPanel = byRows ? panels : rangeEnd(panels, thread, threads);
  const fitting = <i32>(PASS_BYTES / (rowBytes + (<usize>columns << 2)));
  const most = byRows ? max(PASS_ROWS, fitting) : rows;
  const end = byRows ? rangeEnd(rows, thread, threads) : rows;
  for (let first = byRows ? rangeStart(rows, thread, threads) : 0; first < end; first += most) {
    const count = min(most, end - first);
    pass(isInt8, x, xPitch, first, count, rowBytes, rowScales, weight, columnScales, columns, firstPanel, endPanel, bias, activation, residual, residualPitch, out, outPitch);
  }
}

/** `rows` rows from `firstRow` on pass over the panels from `firstPanel` to `endPanel`. */
// @ts-ignore: decorator
@inline
function pass(
  isInt8: bool,
  x: usize,
  xPitch: usize,
  firstRow: i32,
  rows: i32,
  rowBytes: usize,
  rowScales: usize,
  weight: usize,
  columnScales: usize,
  columns: i32,
  firstPanel: i32,
  endPanel: i32,
  bias: usize,
  activation: i32,
  residual: usize,
  residualPitch: usize,
  out: usize,
  outPitch: usize,
): void {
  const blocks = (rows + BLOCK - 1) / BLOCK;
  for (let panel = firstPanel; panel < endPanel; panel++) {
    const column = panel * PANEL;
    const at = <usize>column << 2;
    const w = weight + <usize>column * rowBytes;
    const c = columnScales + (<usize>column << 3);
    const b: usize = bias == 0 ? 0 : bias + at;
    const width = min(PANEL, columns - column);
    // The last panel has none behind it: then nothing new is touched.
    const isLast = panel + 1 == endPanel;
    const next: usize = isLast ? w : w + rowBytes * PANEL;
    const share: usize = isLast ? 0 : (rowBytes * PANEL) / <usize>blocks;
    const step = aheadStep(isInt8, rowBytes, share);
    for (let block = 0; block < blocks; block++) {
      const first = <usize>(firstRow + rangeStart(rows, block, blocks));
      const count = rangeEnd(rows, block, blocks) - rangeStart(rows, block, blocks);
      const from = x + first * xPitch;
      const s = rowScales + (first << 3);
      const r: usize = residual == 0 ? 0 : residual + at + first * residualPitch;
      const to = out + at + first * outPitch;
      const ahead = next + <usize>block * share;
      switch (count) {
        case 6:
          tile(isInt8, 6, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 5:
          tile(isInt8, 5, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 4:
          tile(isInt8, 4, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 3:
          tile(isInt8, 3, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
          break;
        case 2:
          tile(isInt8, 2, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
          break;
        default:
          tile(isInt8, 1, from, xPitch, rowBytes, s, w, c, b, activation, r, residualPitch, to, outPitch, width, ahead, step);
      }
    }
  }
}

/**
 * `rows` × 8 results. For row R of the block, xR is where x is read, lowR and highR are the sums of
 * columns 0 to 3 and 4 to 7, and vR and uR the row's lanes at k and k + 1. A local cannot be indexed,
 * hence a line for each row.
 */
// @ts-ignore: decorator
@inline
function tile(
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
