/** Each sequence of L rows becomes their mean and then those rows. x [B·L, C], out [B·(L + 1), C]. */
import type { StepOf } from '../../graph/step.ts';
import { quotient } from './index-math.ts';
import type { Trace } from './trace.ts';

export function prependMean({ x, length, out }: StepOf<'prependMean'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function prependMean(x) {
    const sequence = ${quotient('this.thread.y', length + 1)};
    const position = this.thread.y - ${length + 1} * sequence;
    if (position > 0.5) return x[this.thread.y - sequence - 1][this.thread.x + ${column}];
    let sum = 0;
    for (let row = 0; row < ${length}; row++) {
      sum += x[sequence * ${length} + row][this.thread.x + ${column}];
    }
    return sum / ${length};
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
