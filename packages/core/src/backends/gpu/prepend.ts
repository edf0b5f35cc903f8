/** Each sequence of L rows becomes `row` and then those rows. x [B·L, C], out [B·(L + 1), C]. Exact. */
import type { StepOf } from '../../graph/step.ts';
import { quotient } from './index-math.ts';
import type { Trace } from './trace.ts';

export function prepend({ x, row, length, out }: StepOf<'prepend'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function prepend(x, first) {
    const sequence = ${quotient('this.thread.y', length + 1)};
    const position = this.thread.y - ${length + 1} * sequence;
    if (position < 0.5) return first[this.thread.x];
    const row = this.thread.y - sequence - 1;
    return x[row][this.thread.x + ${column}];
  }`;
  const operands = [handle, trace.weight(row)];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
