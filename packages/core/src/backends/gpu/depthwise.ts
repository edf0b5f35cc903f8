/**
 * out[b·G² + i·G + j, c] = activation(Σᵤ Σᵥ x[b·H² + (i·s + u − p)·H + j·s + v − p, c] · W[u·k + v, c] + bias[c]),
 * with x zero outside of the image; p lines of zeros lie before it.
 *
 * x [B·H², C], W [k², C], bias [C], out [B·G², C], for batches of fewer than 2²⁰ pixels. The sum begins with
 * the bias and runs over u, then v, in float32.
 */
import type { StepOf } from '../../graph/step.ts';
import { rectified } from './relu.ts';
import type { Trace } from './trace.ts';
import { isInside, windowStart } from './window-math.ts';

export function depthwise(step: StepOf<'depthwise'>, trace: Trace): void {
  const { x, weight, bias, window, activation, out } = step;
  const { handle, column } = trace.matrix(x);
  const { side, kernel } = window;
  const source = `function depthwise(x, w, bias) {
    ${windowStart(window)}
    let sum = bias[this.thread.x];
    for (let u = 0; u < ${kernel}; u++) {
      for (let v = 0; v < ${kernel}; v++) {
        const line = top + u;
        const column = left + v;
        if (${isInside(window)}) {
          sum += x[(image * ${side} + line) * ${side} + column][this.thread.x + ${column}]
            * w[u * ${kernel} + v][this.thread.x];
        }
      }
    }
    return ${activation === undefined ? 'sum' : rectified('sum', activation)};
  }`;
  const operands = [handle, trace.weight(weight), trace.weight(bias)];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
