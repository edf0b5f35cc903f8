/**
 * out = gradient · f′(x), where f′(x) is
 *
 *     σ(1.702 x) (1 + 1.702 x σ(−1.702 x))          quick_gelu
 *     Φ(x) + x φ(x)                                 gelu
 *     σ(2z) (1 + 2 x z′ σ(−2z))                     gelu_tanh, with z = √(2/π) (x + 0.044715 x³)
 *
 * gradient, x, out [R, C]. Computed in float64, rounded once.
 */
import type { Activation } from '../../../config/clip-config.ts';
import type { StepOf } from '../../../graph/step.ts';
import { erf } from '../erf.ts';
import type { Memory } from '../memory.ts';

const TANH_SCALE = Math.sqrt(2 / Math.PI);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const SLOPES: Readonly<Record<Activation, (x: number) => number>> = {
  quick_gelu: (x) => sigmoid(1.702 * x) * (1 + 1.702 * x * sigmoid(-1.702 * x)),
  gelu: (x) =>
    0.5 * (1 + erf(x / Math.SQRT2)) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  gelu_tanh: (x) => {
    const z = TANH_SCALE * (x + 0.044715 * x ** 3);
    const slope = TANH_SCALE * (1 + 3 * 0.044715 * x * x);
    return sigmoid(2 * z) * (1 + 2 * x * slope * sigmoid(-2 * z));
  },
};

export function geluGradient(step: StepOf<'geluGradient'>, { f32 }: Memory): void {
  const { gradient, x, activation, out } = step;
  const slope = SLOPES[activation];
  for (let row = 0; row < out.rows; row++) {
    const from = gradient.offset + row * gradient.pitch;
    const at = x.offset + row * x.pitch;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[from + c]! * slope(f32[at + c]!);
  }
}
