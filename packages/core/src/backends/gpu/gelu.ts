/**
 * out = x · σ(1.702 x) (quick_gelu), x · Φ(x) (gelu), or x · (1 + tanh z) / 2 = x · σ(2 z) (gelu_tanh) with
 * z = √(2/π) (x + 0.044715 x³). x, out [R, C].
 *
 * quick_gelu and gelu_tanh: as good as the device's exp, 1e-6. gelu: Φ(x) = (1 + erf(x / √2)) / 2 with erf as a
 * rational function on [−4, 4], beyond which it is ±1 in float32; absolute error of Φ below 1e-6.
 *
 * @see Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"
 */
import type { Nonlinearity } from '../../graph/forward-operands.ts';
import type { StepOf } from '../../graph/step.ts';
import { rectified } from './relu.ts';
import type { Trace } from './trace.ts';

/** A polynomial in `s`, its coefficients from the highest power down. */
const horner = (coefficients: readonly number[]): string =>
  coefficients.map(String).reduce((inner, coefficient) => `(${inner}) * s + (${coefficient})`);

/** erf(a) = a · numerator / denominator, both in s = a², for |a| ≤ 4. */
export const ERF = {
  numerator: horner([
    -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
    -7.34990630326855e-4, -2.954599808540254e-3, -1.60960333262415e-2,
  ]),
  denominator: horner([
    -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
    -1.42647390514189e-2,
  ]),
};

/** Statements of a kernel that put activation(`y`) into a new constant `activated`. */
export const activationSource = (activation: Nonlinearity): string => ACTIVATIONS[activation];

/** The exponent e of y / (1 + exp(e)). */
export const GATES = {
  quick_gelu: '-1.702 * y',
  gelu_tanh: 'y * (-1.5957691216057308 - 0.0713548162726009 * y * y)',
};

// WGSL knows no infinity to divide by: the exponent is kept where exp is finite.
const gated = (exponent: string): string =>
  `const activated = y / (1 + Math.exp(Math.min(${exponent}, 80.5)));`;

const ACTIVATIONS: Readonly<Record<Nonlinearity, string>> = {
  quick_gelu: gated(GATES.quick_gelu),
  gelu: `const a = Math.max(Math.min(y * 0.7071067811865476, 4), -4);
    const s = a * a;
    const activated = 0.5 * y * (1 + a * (${ERF.numerator}) / (${ERF.denominator}));`,
  gelu_tanh: gated(GATES.gelu_tanh),
  relu: `const activated = ${rectified('y', 'relu')};`,
  relu6: `const activated = ${rectified('y', 'relu6')};`,
};

export function gelu({ x, activation, out }: StepOf<'gelu'>, trace: Trace): void {
  const { handle, column } = trace.matrix(x);
  const source = `function gelu(x) {
    const y = x[this.thread.y][this.thread.x + ${column}];
    ${activationSource(activation)}
    return activated;
  }`;
  trace.define(out, trace.call(source, [out.columns, out.rows], handle));
}
