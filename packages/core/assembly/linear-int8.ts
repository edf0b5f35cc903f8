/**
 * out[r, n] = activation(s[r]·t[n]·(Σₖ q[r, k]·W[n, k] − z[r]·Σₖ W[n, k]) + bias[n]) + residual[r, n]
 *
 * q [R, K′] bytes 0…127 with scale s and zero point z by row, as quantize.ts makes them. W [N, K′]
 * int8 with scale t by column, packed in panels of 8 columns: for each 4 of K′, 8 × 4 bytes.
 * `columnScales` [N′, 2]: t as float32 and Σₖ W as int32, N′ the next multiple of 8. out and residual
 * [R, N], bias [N′], float32. The sum is exact in int32; the rest is float32. tiles.ts has the loops.
 */
import { tiles } from './tiles';

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
  tiles(true, q, qPitch, rows, qPitch, rowScales, weight, columnScales, columns, bias, activation, residual, residualPitch, out, outPitch, thread, threads);
}
