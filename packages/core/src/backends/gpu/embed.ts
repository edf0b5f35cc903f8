/** out[r] = table[ids[r]]. table [V, D], ids [R, 1], out [R, D]. Exact; ids below 2²⁴. */
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';

export function embed({ table, ids, out }: StepOf<'embed'>, trace: Trace): void {
  // By row and column: a flat index into a large vocabulary would be rounded as a float32.
  const source = `function embed(table, ids) {
    const id = ids[this.thread.y][0];
    return table[id][this.thread.x];
  }`;
  const operands = [trace.weight(table), trace.matrix(ids).handle];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
