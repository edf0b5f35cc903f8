/** out = max(x, 0) (relu), or min(max(x, 0), 6) (relu6). x, out [R, C]. Exact. */
import type { Rectifier } from '../../graph/forward-operands.ts';
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';

/** The activation of the expression `y`. */
export const rectified = (y: string, activation: Rectifier): string =>
  activation === 'relu6' ? `Math.min(Math.max(${y}, 0), 6)` : `Math.max(${y}, 0)`;

export function relu({ x, activation, out }: StepOf<'relu'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function relu(x) {
    const y = x[this.thread.y][this.thread.x + ${column}];
    return ${rectified('y', activation)};
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
