/**
 * out[r, n] = activation(Σₖ x[r, k] · W[n, k] + bias[n]) + residual[r, n]
 *
 * x [R, K], W [N, K], which the device holds as [K, N], bias [N], residual and out [R, N]. The sum
 * runs over k in order, in float32. One thread an element; on WebGPU, where the shape allows it,
 * linear-wgsl.ts takes its place.
 */
import type { StepOf } from '../../graph/step.ts';
import { activationSource } from './gelu.ts';
import { linearWgsl } from './linear-wgsl.ts';
import type { Operand, Trace } from './trace.ts';

export function linear(step: StepOf<'linear'>, trace: Trace): void {
  const { weight, bias, activation, out } = step;
  const x = trace.matrix(step.x);
  const residual = step.residual && trace.matrix(step.residual);
  const operands: Operand[] = [x.handle, trace.weight(weight)];
  if (bias !== undefined) operands.push(trace.weight(bias));
  if (residual !== undefined) operands.push(residual.handle);
  const names = ['x', 'w', ...(bias ? ['bias'] : []), ...(residual ? ['residual'] : [])];
  const source = `function linear(${names.join(', ')}) {
    let y = ${bias ? 'bias[this.thread.x]' : '0'};
    for (let k = 0; k < ${step.x.columns}; k++) {
      y += x[this.thread.y][k + ${x.column}] * w[k * ${out.columns} + this.thread.x];
    }
    ${activation ? activationSource(activation) : 'const activated = y;'}
    return activated${residual ? ` + residual[this.thread.y][this.thread.x + ${residual.column}]` : ''};
  }`;
  const size = [out.columns, out.rows];
  trace.define(out, trace.callWgsl(source, linearWgsl(step), size, ...operands));
}
