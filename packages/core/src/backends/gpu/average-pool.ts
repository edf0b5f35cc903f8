/**
 * out[b·G² + i·G + j, c] = Σᵤ Σᵥ x[b·H² + (i·k + u)·H + j·k + v, c] / k², with G = ⌊H/k⌋.
 *
 * x [B·H², C], out [B·G², C], for batches of fewer than 2²⁰ pixels. In float32, in order.
 */
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';
import { windowStart } from './window-math.ts';

export function averagePool(step: StepOf<'averagePool'>, trace: Trace): void {
  const { x, side, kernel, out } = step;
  const { handle, column } = trace.matrix(x);
  const outSide = Math.floor(side / kernel);
  const source = `function averagePool(x) {
    ${windowStart({ side, kernel, stride: kernel, before: 0, outSide })}
    let sum = 0;
    for (let u = 0; u < ${kernel}; u++) {
      for (let v = 0; v < ${kernel}; v++) {
        sum += x[(image * ${side} + top + u) * ${side} + left + v][this.thread.x + ${column}];
      }
    }
    return sum / ${kernel * kernel};
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
