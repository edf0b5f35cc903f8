/** out = x + y; or out[r] = x[r] + table[r mod T]. x, y, out [R, C], table [T, C]. Rounded once. */
import type { StepOf } from '../../graph/step.ts';
import { remainder } from './index-math.ts';
import type { Trace } from './trace.ts';

export function add({ x, y, out }: StepOf<'add'>, trace: Trace): void {
  const left = trace.matrix(x);
  const right = trace.matrix(y);
  const source = `function add(x, y) {
    return x[this.thread.y][this.thread.x + ${left.column}]
      + y[this.thread.y][this.thread.x + ${right.column}];
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], left.handle, right.handle));
}

export function addTable({ x, table, out }: StepOf<'addTable'>, trace: Trace): void {
  const left = trace.matrix(x);
  const source = `function addTable(x, table) {
    const row = ${remainder('this.thread.y', table.rows)};
    return x[this.thread.y][this.thread.x + ${left.column}] + table[row][this.thread.x];
  }`;
  const operands = [left.handle, trace.weight(table)];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
