/**
 * out[b·H² + y·H + z, c] = x[b·G² + ⌊y/k⌋·G + ⌊z/k⌋, c] / k², with G = ⌊H/k⌋; 0 for pixels beyond G·k.
 *
 * x [B·G², C], out [B·H², C]. Rounded once.
 */
import type { StepOf } from '../../../graph/step.ts';
import type { Memory } from '../memory.ts';

export function averagePoolTranspose(step: StepOf<'averagePoolTranspose'>, { f32 }: Memory): void {
  const { x, side, kernel, out } = step;
  const squares = Math.floor(side / kernel);
  for (let pixel = 0; pixel < out.rows; pixel++) {
    const image = Math.floor(pixel / (side * side));
    const line = Math.floor((Math.floor(pixel / side) % side) / kernel);
    const column = Math.floor((pixel % side) / kernel);
    const to = out.offset + pixel * out.pitch;
    if (line >= squares || column >= squares) {
      f32.fill(0, to, to + out.columns);
      continue;
    }
    const from = x.offset + ((image * squares + line) * squares + column) * x.pitch;
    for (let c = 0; c < out.columns; c++) f32[to + c] = f32[from + c]! / (kernel * kernel);
  }
}
