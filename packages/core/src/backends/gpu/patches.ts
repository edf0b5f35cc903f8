/**
 * out[b·P + i·g + j, c·p² + u·p + v] = x[b, c, i·p + u, j·p + v], with g = ⌊S/p⌋ and P = g².
 *
 * x [B, C·S·S], out [B·P, C·p·p]. Pixels beyond g·p, where p does not divide S, are left out. Exact,
 * for images of fewer than 2²⁰ values.
 */
import type { StepOf } from '../../graph/step.ts';
import { quotient, remainder } from './index-math.ts';
import type { Trace } from './trace.ts';

export function patches(step: StepOf<'patches'>, trace: Trace): void {
  const { x, out, imageSize, patchSize } = step;
  const { handle, column } = trace.matrix(x);
  const side = Math.floor(imageSize / patchSize);
  const source = `function patches(x) {
    const image = ${quotient('this.thread.y', side * side)};
    const patch = this.thread.y - ${side * side} * image;
    const channel = ${quotient('this.thread.x', patchSize * patchSize)};
    const pixel = this.thread.x - ${patchSize * patchSize} * channel;
    const line = ${quotient('patch', side)} * ${patchSize} + ${quotient('pixel', patchSize)};
    const dot = ${remainder('patch', side)} * ${patchSize} + ${remainder('pixel', patchSize)};
    const at = (channel * ${imageSize} + line) * ${imageSize} + dot + ${column};
    return x[image][at];
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
