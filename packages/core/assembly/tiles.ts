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
import { aheadStep } from './ahead';
import { rangeEnd, rangeStart } from './split';
import { tile } from './tile';

/** Rows of a block, at most. */
const BLOCK: i32 = 6;
/** Columns of a panel. */
export const PANEL: i32 = 8;
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
    if (isInt8) {
      pass(true, x, xPitch, first, count, rowBytes, rowScales, weight, columnScales, columns, firstPanel, endPanel, bias, activation, residual, residualPitch, out, outPitch);
    } else {
      float32Pass(x, xPitch, first, count, rowBytes, weight, columns, firstPanel, endPanel, bias, activation, residual, residualPitch, out, outPitch);
    }
  }
}

/** `rows` rows from `firstRow` on pass over the panels from `firstPanel` to `endPanel`. One copy for all that call it. */
export function float32Pass(
  x: usize,
  xPitch: usize,
  firstRow: i32,
  rows: i32,
  rowBytes: usize,
  weight: usize,
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
  pass(false, x, xPitch, firstRow, rows, rowBytes, 0, weight, 0, columns, firstPanel, endPanel, bias, activation, residual, residualPitch, out, outPitch);
}

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
