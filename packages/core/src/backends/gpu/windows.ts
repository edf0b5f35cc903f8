/**
 * out[b·G² + i·G + j, (u·k + v)·C + c] = x[b·H² + (i·s + u − p)·H + j·s + v − p, c], zero outside of the
 * image; p lines of zeros lie before it.
 *
 * x [B·H², C], out [B·G², k²·C]. Exact, for batches of fewer than 2²⁰ pixels.
 */
import type { StepOf } from '../../graph/step.ts';
import { quotient, remainder } from './index-math.ts';
import type { Trace } from './trace.ts';
import { isInside, windowStart } from './window-math.ts';

export function windows({ x, window, out }: StepOf<'windows'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const { side, kernel } = window;
  const source = `function windows(x) {
    ${windowStart(window)}
    const pixel = ${quotient('this.thread.x', x.columns)};
    const channel = this.thread.x - ${x.columns} * pixel;
    const line = top + ${quotient('pixel', kernel)};
    const column = left + ${remainder('pixel', kernel)};
    if (${isInside(window)}) {
      return x[(image * ${side} + line) * ${side} + column][channel + ${column}];
    }
    return 0;
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
