/** The end of a linear layer, the same for float32 and int8: activation, residual, store. */
import { activate } from './gelu';

/** Columns that are computed side by side. */
export const PANEL: i32 = 8;

/** A residual that is absent stays so. */
// @ts-ignore: decorator
@inline
export function nextRow(residual: usize, pitch: usize, rows: usize): usize {
  return residual == 0 ? 0 : residual + rows * pitch;
}

/** Activation, residual and store of one row's 8 results, of which `width` exist. */
export function finish(
  low: v128,
  high: v128,
  activation: i32,
  residual: usize,
  out: usize,
  width: i32,
): void {
  if (activation != 0) {
    low = activate(low, activation);
    high = activate(high, activation);
  }
  if (width == PANEL) {
    if (residual != 0) {
      low = f32x4.add(low, v128.load(residual));
      high = f32x4.add(high, v128.load(residual, 16));
    }
    v128.store(out, low);
    v128.store(out, high, 16);
    return;
  }
  for (let lane = 0; lane < width; lane++) {
    let value = f32x4.extract_lane(lane < 4 ? low : high, 0);
    if (residual != 0) value += load<f32>(residual + (<usize>lane << 2));
    store<f32>(out + (<usize>lane << 2), value);
    low = lane < 3 ? v128.shuffle<f32>(low, low, 1, 2, 3, 0) : low;
    high = lane < 4 ? high : v128.shuffle<f32>(high, high, 1, 2, 3, 0);
  }
}
