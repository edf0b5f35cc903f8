/**
 * shares[i, h·L + j] = softmax over j of q[i]·k[j] / sqrt(d), by head h, within a sequence.
 *
 * q [Q, D], k [ΣT, D], shares [Q, H·L], offsets [B + 1] i32. Float64, j and the columns in order, rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import { softmax } from '../attention.ts';
import type { Memory } from '../memory.ts';
import { queriesOf } from './attention-shares.ts';

export function attentionWeights(step: StepOf<'attentionWeights'>, { f32, i32 }: Memory): void {
  const { query, key, out } = step;
  for (const { query: row, column, width, share, first, length } of queriesOf(
    step,
    query.columns,
    i32,
  )) {
    const from = query.offset + row * query.pitch + column;
    const scores = new Float64Array(length);
    for (let j = 0; j < length; j++) {
      const other = key.offset + (first + j) * key.pitch + column;
      let dot = 0;
      for (let c = 0; c < width; c++) dot += f32[from + c]! * f32[other + c]!;
      scores[j] = dot / Math.sqrt(width);
    }
    softmax(scores);
    f32.set(scores, out.offset + row * out.pitch + share);
  }
}
