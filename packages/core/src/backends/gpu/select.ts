/** out[r] = x[indices[r]]. x [R, C], indices [N, 1], out [N, C]. Exact; indices below 2²⁴. */
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';

export function select({ x, indices, out }: StepOf<'select'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function select(x, indices) {
    const row = indices[this.thread.y][0];
    return x[row][this.thread.x + ${column}];
  }`;
  const operands = [handle, trace.matrix(indices).handle];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
