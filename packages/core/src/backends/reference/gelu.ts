/**
 * out = x · σ(1.702 x) (quick_gelu), x · Φ(x) (gelu, exact), or
 * x · (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 (gelu_tanh).
 *
 * x, out [R, C]. Computed in float64, rounded once; Φ's error is below 1e-15.
 *
 * @see Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"
 */

import type { Activation } from '../../config/clip-config.ts';
import type { StepOf } from '../../graph/step.ts';
import { erf } from './erf.ts';
import type { Memory } from './memory.ts';

const ACTIVATIONS: Readonly<Record<Activation, (x: number) => number>> = {
  quick_gelu: (x) => x / (1 + Math.exp(-1.702 * x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

export const geluOf = (x: number, activation: Activation): number => ACTIVATIONS[activation](x);

export function gelu({ x, activation, out }: StepOf<'gelu'>, { f32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    for (let column = 0; column < out.columns; column++) {
      f32[to + column] = geluOf(f32[from + column]!, activation);
    }
  }
}
