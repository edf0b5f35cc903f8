/**
 * out[i] = Σⱼ pᵢⱼ · v[j], pᵢ = softmax over j of q[i]·k[j] / sqrt(d), by head, within a sequence.
 *
 * k, v [ΣT, D], q and out the same or, with `queries` rows a sequence, [B · queries, D]; head h is columns
 * h·d to (h + 1)·d, d = D / H; offsets [B + 1, 1]. Causal: j ≤ i. Three kernels: where each query's sequence
 * begins and ends [Q, 2], once for all layers; the scores [H, Q, T]; their softmax and its product with v.
 * Float32, in order; the row's largest score is subtracted before exp. Rows of no sequence become 0.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need"
 */
import type { StepOf } from '../../graph/step.ts';
import type { Handle } from './gpu-js.ts';
import { quotient } from './index-math.ts';
import type { Trace } from './trace.ts';

/** Stands for −∞, which WGSL need not have. */
const MASKED = '-1e30';

export function attention(step: StepOf<'attention'>, trace: Trace): void {
  const { heads, causal, longest, out } = step;
  const width = out.columns / heads;
  const [q, k, v] = [step.query, step.key, step.value].map((slot) => trace.matrix(slot)) as [
    ReturnType<Trace['matrix']>,
    ReturnType<Trace['matrix']>,
    ReturnType<Trace['matrix']>,
  ];
  const spans = trace.shared(`spans ${step.offsets.offset} ${out.rows} ${step.queries}`, () =>
    spansOf(step, trace),
  );
  /** One past the last row that row `this.thread.y` sees. */
  const end = causal
    ? 'Math.min(spans[this.thread.y][1], this.thread.y + 1)'
    : 'spans[this.thread.y][1]';

  const scoresSource = `function scores(q, k, spans) {
    const j = spans[this.thread.y][0] + this.thread.x;
    const end = ${end};
    if (j > end - 0.5) return ${MASKED};
    let dot = 0;
    for (let c = 0; c < ${width}; c++) {
      dot += q[this.thread.y][this.thread.z * ${width} + c + ${q.column}]
        * k[j][this.thread.z * ${width} + c + ${k.column}];
    }
    return dot * ${1 / Math.sqrt(width)};
  }`;
  const size = [longest, out.rows, heads];
  const scores = trace.call(scoresSource, size, q.handle, k.handle, spans);

  const contextSource = `function context(scores, v, spans) {
    const head = ${quotient('this.thread.x', width)};
    const start = spans[this.thread.y][0];
    const end = ${end};
    const length = end - start;
    let highest = ${MASKED};
    for (let j = 0; j < ${longest}; j++) {
      highest = Math.max(highest, scores[head][this.thread.y][j]);
    }
    let total = 0;
    let sum = 0;
    for (let j = 0; j < ${longest}; j++) {
      if (j < length) {
        const weight = Math.exp(scores[head][this.thread.y][j] - highest);
        const row = start + j;
        total += weight;
        sum += weight * v[row][this.thread.x + ${v.column}];
      }
    }
    return sum / Math.max(total, 1e-30);
  }`;
  const operands = [scores, v.handle, spans];
  trace.define(out, trace.call(contextSource, [out.columns, out.rows], ...operands));
}

/** [Q, 2]: the first row of each query's sequence, and one past its last; both 0 in no sequence. */
function spansOf({ offsets, queries, out }: StepOf<'attention'>, trace: Trace): Handle {
  const source =
    queries === undefined
      ? searchSource(offsets.rows - 1)
      : `function spans(offsets) {
    const sequence = ${quotient('this.thread.y', queries)};
    if (this.thread.x < 1) return offsets[sequence][0];
    return offsets[sequence + 1][0];
  }`;
  return trace.call(source, [2, out.rows], trace.matrix(offsets).handle);
}

function searchSource(sequences: number): string {
  return `function spans(offsets) {
    let start = 0;
    let end = 0;
    for (let s = 0; s < ${sequences}; s++) {
      const first = offsets[s][0];
      const next = offsets[s + 1][0];
      if (first < this.thread.y + 0.5 && next > this.thread.y + 0.5) {
        start = first;
        end = next;
      }
    }
    if (this.thread.x < 1) return start;
    return end;
  }`;
}
