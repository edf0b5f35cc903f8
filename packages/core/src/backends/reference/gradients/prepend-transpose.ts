/**
 * Each sequence of L rows and one in front of them becomes those rows; for `prependMean`, 1 / L of the one in front
 * is added to each. x [B·(L + 1), C], out [B·L, C]. Rounded once.
 */
import type { Slot, StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export const prependTranspose = (step: StepOf<'prependTranspose'>, memory: Memory): void =>
  withoutFirst(step, 0, memory);

export const prependMeanTranspose = (step: StepOf<'prependMeanTranspose'>, memory: Memory): void =>
  withoutFirst(step, 1 / step.length, memory);

function withoutFirst(
  { x, length, out }: { x: Slot; length: number; out: Slot },
  share: number,
  { f32 }: Memory,
): void {
  for (let row = 0; row < out.rows; row++) {
    const sequence = Math.floor(row / length);
    const first = x.offset + sequence * (length + 1) * x.pitch;
    const from = first + ((row % length) + 1) * x.pitch;
    const to = out.offset + row * out.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[from + c]! + share * f32[first + c]!;
  }
}
