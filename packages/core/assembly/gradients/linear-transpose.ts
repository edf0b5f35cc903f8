/**
 * out[r, k] = Σₙ x[r, n] · W[n, k] + residual[r, k]
 *
 * x [R, N], out and residual [R, K], float32. W is rows `firstRow` to `firstRow` + N of a weight that is packed for
 * linear.ts, in panels of 8 of its rows, each K × 8 floats. Each panel of 8 columns of W is put together in `scratch`,
 * N × 8 floats, when its turn comes. For 400 rows that takes 3 % longer than the same product by linear.ts, for 50 rows
 * 14 % (one thread, 768 columns, AMD EPYC), where a second copy, packed for this, would take the memory of the weights
 * again. The sum is in float32, in order, fused in the relaxed build. Threads share what they share in tiles.ts.
 */
import { rangeEnd, rangeStart } from '../split';
import { float32Pass, PANEL } from '../tiles';

/** What rows that pass over all panels together may take with their results, in bytes. */
const PASS_BYTES: usize = 192 * 1024;
/** Rows that pass over all panels together, at least: putting a panel together costs as much as some rows. */
const PASS_ROWS: i32 = 192;

export function linearTranspose(
  x: usize,
  xPitch: usize,
  rows: i32,
  depth: i32,
  weight: usize,
  firstRow: i32,
  columns: i32,
  residual: usize,
  residualPitch: usize,
  out: usize,
  outPitch: usize,
  scratch: usize,
  thread: i32,
  threads: i32,
): void {
  const rowBytes = <usize>depth << 2;
  const panels = (columns + PANEL - 1) / PANEL;
  const byRows = rows > columns;
  const firstPanel = byRows ? 0 : rangeStart(panels, thread, threads);
  const endPanel = byRows ? panels : rangeEnd(panels, thread, threads);
  const fitting = <i32>(PASS_BYTES / (rowBytes + (<usize>columns << 2)));
  const most = byRows ? max(PASS_ROWS, fitting) : rows;
  const end = byRows ? rangeEnd(rows, thread, threads) : rows;
  for (let first = byRows ? rangeStart(rows, thread, threads) : 0; first < end; first += most) {
    const count = min(most, end - first);
    for (let panel = firstPanel; panel < endPanel; panel++) {
      const column = panel * PANEL;
      transposePanel(weight, firstRow, depth, column, columns, scratch);
      const base = scratch - <usize>column * rowBytes;
      float32Pass(x, xPitch, first, count, rowBytes, base, columns, panel, panel + 1, 0, 0, residual, residualPitch, out, outPitch);
    }
  }
}

/** Columns `column` to `column` + 8 of W, row by row; those that do not exist are zeros. */
function transposePanel(
  weight: usize,
  firstRow: i32,
  depth: i32,
  column: i32,
  columns: i32,
  panel: usize,
): void {
  const width = min(PANEL, columns - column);
  const panelBytes = <usize>columns << 5;
  let n = 0;
  if ((firstRow & 7) == 0 && width == PANEL) {
    let from = weight + <usize>(firstRow >> 3) * panelBytes + (<usize>column << 5);
    for (; n + PANEL <= depth; n += PANEL) {
      transposeFour(from, panel);
      transposeFour(from + 16, panel + 128);
      transposeFour(from + 128, panel + 16);
      transposeFour(from + 144, panel + 144);
      from += panelBytes;
      panel += 256;
    }
  }
  for (; n < depth; n++) {
    const row = firstRow + n;
    const from =
      weight + <usize>(row >> 3) * panelBytes + (<usize>column << 5) + (<usize>(row & 7) << 2);
    for (let lane = 0; lane < PANEL; lane++) {
      const value: f32 = lane < width ? load<f32>(from + (<usize>lane << 5)) : 0;
      store<f32>(panel + (<usize>lane << 2), value);
    }
    panel += 32;
  }
}

/** 4 × 4 floats, whose rows are 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transposeFour(from: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from, 32);
  const c = v128.load(from, 64);
  const d = v128.load(from, 96);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
}
