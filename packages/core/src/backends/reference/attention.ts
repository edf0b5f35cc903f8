/**
 * out[i] = Σⱼ pᵢⱼ · v[j], pᵢ = softmax over j of q[i]·k[j] / sqrt(d), by head, within a sequence.
 *
 * k, v [ΣT, D], q and out the same or, with `queries` rows a sequence, [B · queries, D]; head h is columns
 * h·d to (h + 1)·d, d = D / H; offsets [B + 1] i32. Causal: j ≤ i. Scores, their exponentials (the row's largest subtracted) and sums are float64, j and the
 * columns in order; the result is rounded once.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need"
 */
import type { StepOf } from '../../graph/step.ts';
import type { Memory } from './memory.ts';

export function attention(step: StepOf<'attention'>, memory: Memory): void {
  const { offsets, heads, queries, out } = step;
  const width = out.columns / heads;
  for (let sequence = 0; sequence + 1 < offsets.rows; sequence++) {
    const first = memory.i32[offsets.offset + sequence * offsets.pitch]!;
    const end = memory.i32[offsets.offset + (sequence + 1) * offsets.pitch]!;
    const scores = new Float64Array(end - first);
    for (let head = 0; head < heads; head++) {
      const from = queries === undefined ? first : sequence * queries;
      const to = queries === undefined ? end : from + queries;
      for (let row = from; row < to; row++) {
        const visible = scores.subarray(0, (step.causal ? row + 1 : end) - first);
        attendRow(step, memory, { first, row, column: head * width, width }, visible);
      }
    }
  }
}

/** One query of one head; `scores` has an element for each key that it sees. */
function attendRow(
  { query, key, value, out }: StepOf<'attention'>,
  { f32 }: Memory,
  { first, row, column, width }: { first: number; row: number; column: number; width: number },
  scores: Float64Array,
): void {
  const from = query.offset + row * query.pitch + column;
  for (let j = 0; j < scores.length; j++) {
    const other = key.offset + (first + j) * key.pitch + column;
    let dot = 0;
    for (let c = 0; c < width; c++) dot += f32[from + c]! * f32[other + c]!;
    scores[j] = dot / Math.sqrt(width);
  }
  softmax(scores);
  const to = out.offset + row * out.pitch + column;
  for (let c = 0; c < width; c++) {
    let sum = 0;
    for (let j = 0; j < scores.length; j++) {
      sum += scores[j]! * f32[value.offset + (first + j) * value.pitch + column + c]!;
    }
    f32[to + c] = sum;
  }
}

export function softmax(scores: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = Math.exp(scores[j]! - highest);
    sum += scores[j]!;
  }
  for (let j = 0; j < scores.length; j++) scores[j]! /= sum;
}
