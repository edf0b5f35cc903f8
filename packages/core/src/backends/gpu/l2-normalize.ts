/** out = x / ‖x‖₂ by row; a row of zeros stays one. x, out [R, C]. Float32, in order. */
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';

export function l2Normalize({ x, out }: StepOf<'l2Normalize'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function l2Normalize(x) {
    let squares = 0;
    for (let c = 0; c < ${out.columns}; c++) {
      squares += x[this.thread.y][c + ${column}] * x[this.thread.y][c + ${column}];
    }
    if (squares <= 0) return 0;
    return x[this.thread.y][this.thread.x + ${column}] / Math.sqrt(squares);
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
