/**
 * out = (x − μ) / sqrt(σ² + ε) · weight + bias, with μ and σ² (biased) over each row.
 *
 * x, out [R, C], weight and bias [C]. Two kernels: the mean mᵢ and the sum of squared deviations Mᵢ of
 * each part of a row; then, for each element, μ and σ² from them, as Chan's formula has it:
 * C·σ² = Σ (Mᵢ + nᵢ (mᵢ − μ)²). Everything is relative to the row's first element, so that a mean far
 * from 0 costs no digits. 1e-6 relative.
 *
 * @see Ba et al. 2016, "Layer Normalization"
 * @see Chan, Golub & LeVeque 1979, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances"
 */
import type { StepOf } from '../../graph/step.ts';
import type { Trace } from './trace.ts';

/** Columns of a part, but for the last: as much as one thread reads. */
const PART = 64;

export function layerNorm(step: StepOf<'layerNorm'>, trace: Trace): void {
  const { epsilon, out } = step;
  const x = trace.matrix(step.x);
  const parts = Math.ceil(out.columns / PART);
  const last = out.columns - (parts - 1) * PART;
  const partSize = `let n = ${PART};
      if (part > ${parts - 1.5}) n = ${last};`;

  const partsSource = `function layerNormParts(x) {
    const part = Math.floor((this.thread.x + 0.5) / 2);
    ${partSize}
    const first = x[this.thread.y][${x.column}];
    let sum = 0;
    for (let c = 0; c < ${PART}; c++) {
      if (c < n) sum += x[this.thread.y][part * ${PART} + c + ${x.column}] - first;
    }
    const mean = sum / n;
    if (this.thread.x - 2 * part < 0.5) return mean;
    let squares = 0;
    for (let c = 0; c < ${PART}; c++) {
      if (c < n) {
        const d = x[this.thread.y][part * ${PART} + c + ${x.column}] - first - mean;
        squares += d * d;
      }
    }
    return squares;
  }`;
  const moments = trace.call(partsSource, [2 * parts, out.rows], x.handle);

  const source = `function layerNorm(x, moments, weight, bias) {
    let mean = 0;
    for (let part = 0; part < ${parts}; part++) {
      ${partSize}
      mean += n * moments[this.thread.y][2 * part];
    }
    mean = mean / ${out.columns};
    let squares = 0;
    for (let part = 0; part < ${parts}; part++) {
      ${partSize}
      const d = moments[this.thread.y][2 * part] - mean;
      squares += moments[this.thread.y][2 * part + 1] + n * d * d;
    }
    const first = x[this.thread.y][${x.column}];
    const y = x[this.thread.y][this.thread.x + ${x.column}] - first - mean;
    return y / Math.sqrt(squares / ${out.columns} + ${epsilon}) * weight[this.thread.x] + bias[this.thread.x];
  }`;
  const operands = [x.handle, moments, trace.weight(step.weight), trace.weight(step.bias)];
  trace.define(out, trace.call(source, [out.columns, out.rows], ...operands));
}
