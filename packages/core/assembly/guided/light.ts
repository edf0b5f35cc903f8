/** values[i] = values[i] · gain + bias, and (values[i] − mean) / deviation, of float32, each in float64 and rounded once. */
import { storeRounded, wideHigh, wideLow } from './wide';

export function light(values: usize, count: i32, gain: f64, bias: f64): void {
  const gains = f64x2.splat(gain);
  const biases = f64x2.splat(bias);
  const end = values + (<usize>count << 2);
  for (; values + 16 <= end; values += 16) {
    const low = f64x2.add(f64x2.mul(wideLow(values), gains), biases);
    const high = f64x2.add(f64x2.mul(wideHigh(values), gains), biases);
    storeRounded(values, low, high);
  }
  for (; values < end; values += 4) {
    store<f32>(values, <f32>(<f64>load<f32>(values) * gain + bias));
  }
}

export function normalize(values: usize, count: i32, mean: f64, deviation: f64): void {
  const means = f64x2.splat(mean);
  const deviations = f64x2.splat(deviation);
  const end = values + (<usize>count << 2);
  for (; values + 16 <= end; values += 16) {
    const low = f64x2.div(f64x2.sub(wideLow(values), means), deviations);
    const high = f64x2.div(f64x2.sub(wideHigh(values), means), deviations);
    storeRounded(values, low, high);
  }
  for (; values < end; values += 4) {
    store<f32>(values, <f32>((<f64>load<f32>(values) - mean) / deviation));
  }
}
