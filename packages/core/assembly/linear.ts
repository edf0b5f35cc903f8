/**
 * out[r, n] = activation(Σₖ x[r, k] · W[n, k] + bias[n]) + residual[r, n]
 *
 * x [R, K], out and residual [R, N], float32. W is packed in panels of 8 columns, each K × 8 floats,
 * the last one filled up with zeros; bias is filled up to a multiple of 8. The sum begins with the bias
 * and is in float32, in order, fused in the relaxed build. tiles.ts has the loops.
 */
import { tiles } from './tiles';

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
  tiles(false, x, xPitch, rows, <usize>depth << 2, 0, weight, 0, columns, bias, activation, residual, residualPitch, out, outPitch, thread, threads);
}
