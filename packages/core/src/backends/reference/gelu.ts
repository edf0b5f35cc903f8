/**
 * out = x · σ(1.702 x) (quick_gelu), or x · Φ(x) (gelu, exact).
 *
 * x, out [R, C]. Computed in float64, rounded once; Φ's error is below 1e-15.
 *
 * @see Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"
 */

import type { Activation } from '../../config/clip-config.ts';
import type { StepOf } from '../../graph/step.ts';
import { erf } from './erf.ts';
import type { Memory } from './memory.ts';

export function activate(x: number, activation: Activation): number {
  return activation === 'quick_gelu'
    ? x / (1 + Math.exp(-1.702 * x))
    : 0.5 * x * (1 + erf(x / Math.SQRT2));
}

export function gelu({ x, activation, out }: StepOf<'gelu'>, { f32 }: Memory): void {
  for (let row = 0; row < out.rows; row++) {
    const from = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    for (let column = 0; column < out.columns; column++) {
      f32[to + column] = activate(f32[from + column]!, activation);
    }
  }
}
