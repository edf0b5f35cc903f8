/** The end of a linear layer, for one row and 8 columns: scaling, activation, residual, store. */
import { activate } from './gelu';
import { RELU, rectify } from './relu';
import { madd } from './simd';

/**
 * out = activation(sums) + residual; the bias is in the sums. Of the 8 results `width` exist.
 */
export function finishFloat32(
  low: v128,
  high: v128,
  activation: i32,
  residual: usize,
  out: usize,
  width: i32,
): void {
  if (activation >= RELU) {
    low = rectify(low, activation);
    high = rectify(high, activation);
  } else if (activation != 0) {
    low = activate(low, activation);
    high = activate(high, activation);
  }
  if (width == 8) {
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

/**
 * out = activation(s · t · (sums − z · columnSums) + bias) + residual, with the row's s (float32) and
 * z (int32) at `rowScale`, and each column's t and sum at `columnScales`.
 */
export function finishInt8(
  low: v128,
  high: v128,
  rowScale: usize,
  columnScales: usize,
  bias: usize,
  activation: i32,
  residual: usize,
  out: usize,
  width: i32,
): void {
  const scale = f32x4.splat(load<f32>(rowScale));
  const zero = i32x4.splat(load<i32>(rowScale, 4));
  finishFloat32(
    scaled(low, columnScales, scale, zero, bias),
    scaled(high, columnScales + 32, scale, zero, bias == 0 ? 0 : bias + 16),
    activation,
    residual,
    out,
    width,
  );
}

// @ts-ignore: decorator
@inline
function scaled(sums: v128, columnScales: usize, scale: v128, zero: v128, bias: usize): v128 {
  const c01 = v128.load(columnScales);
  const c23 = v128.load(columnScales, 16);
  const columnScale = v128.shuffle<i32>(c01, c23, 0, 2, 4, 6);
  const columnSums = v128.shuffle<i32>(c01, c23, 1, 3, 5, 7);
  const exact = f32x4.convert_i32x4_s(i32x4.sub(sums, i32x4.mul(zero, columnSums)));
  const added = bias == 0 ? f32x4.splat(0) : v128.load(bias);
  return madd(exact, f32x4.mul(scale, columnScale), added);
}
