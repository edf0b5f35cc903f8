/**
 * out[r, n] = activation(Σₖ x[r, k] · W[n, k] + bias[n]) + residual[r, n]
 *
 * x [R, K], W [N, K], bias [N], residual and out [R, N]. The sum runs over k in order, in float64;
 * the result is rounded to float32 once, at the store.
 */
import type { Slot, StepOf } from '../../graph/step.ts';
import { activate } from './activate.ts';
import type { Memory } from './memory.ts';

export function linear(step: StepOf<'linear'>, memory: Memory): void {
  const { x, weight, bias, out } = step;
  const { f32 } = memory;
  const biases = bias === undefined ? undefined : memory.parts(bias);
  const sums = new Float64Array(out.columns);
  for (let row = 0; row < out.rows; row++) {
    const input = f32.subarray(x.offset + row * x.pitch, x.offset + row * x.pitch + x.columns);
    let done = 0;
    memory.parts(weight).forEach((part, i) => {
      const columns = part.length / x.columns;
      multiplyRow(input, part, sums.subarray(done, done + columns));
      if (biases !== undefined) addTo(sums, biases[i]!, done);
      done += columns;
    });
    store(step, sums, f32, row, out);
  }
}

/** Four columns at a time: their sums do not wait for one another. */
function multiplyRow(x: Float32Array, weight: Float32Array, sums: Float64Array): void {
  const depth = x.length;
  const last = sums.length - 1;
  for (let n = 0; n <= last; n += 4) {
    const row0 = n * depth;
    const row1 = Math.min(n + 1, last) * depth;
    const row2 = Math.min(n + 2, last) * depth;
    const row3 = Math.min(n + 3, last) * depth;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let k = 0; k < depth; k++) {
      const value = x[k]!;
      sum0 += value * weight[row0 + k]!;
      sum1 += value * weight[row1 + k]!;
      sum2 += value * weight[row2 + k]!;
      sum3 += value * weight[row3 + k]!;
    }
    sums[n] = sum0;
    sums[n + 1] = sum1; // a store past the end of a typed array is ignored
    sums[n + 2] = sum2;
    sums[n + 3] = sum3;
  }
}

function addTo(sums: Float64Array, bias: Float32Array, start: number): void {
  for (let i = 0; i < bias.length; i++) sums[start + i]! += bias[i]!;
}

function store(
  { activation, residual }: StepOf<'linear'>,
  sums: Float64Array,
  f32: Float32Array,
  row: number,
  out: Slot,
): void {
  const to = out.offset + row * out.pitch;
  const from = residual === undefined ? 0 : residual.offset + row * residual.pitch;
  for (let n = 0; n < out.columns; n++) {
    const value = activation === undefined ? sums[n]! : activate(sums[n]!, activation);
    f32[to + n] = residual === undefined ? value : value + f32[from + n]!;
  }
}
