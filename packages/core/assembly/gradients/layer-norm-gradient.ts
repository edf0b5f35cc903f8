/**
 * out = (h − mean(h) − n · mean(h ∘ n)) / sqrt(σ² + ε), with h = gradient ∘ weight, n = (x − μ) / sqrt(σ² + ε), and
 * μ and σ² (biased) of x, by row.
 *
 * gradient, x, out [R, C], weight [C], float32. The mean is corrected as in layer-norm.ts. Four partial sums. The
 * threads share the rows.
 */
import { sum } from '../layer-norm';
import { madd, sumLanes } from '../simd';
import { rangeEnd, rangeStart } from '../split';

export function layerNormGradient(
  gradient: usize,
  gradientPitch: usize,
  x: usize,
  xPitch: usize,
  weight: usize,
  epsilon: f32,
  out: usize,
  outPitch: usize,
  rows: i32,
  columns: i32,
  thread: i32,
  threads: i32,
): void {
  const end = rangeEnd(rows, thread, threads);
  const bytes = <usize>columns << 2;
  const whole = bytes & ~15;
  const count = <f32>columns;
  for (let row = rangeStart(rows, thread, threads); row < end; row++) {
    const from = gradient + <usize>row * gradientPitch;
    const point = x + <usize>row * xPitch;
    const to = out + <usize>row * outPitch;
    const mean = sum(point, whole, bytes) / count;
    const means = f32x4.splat(mean);

    // Sums over d = x − mean, whose own mean `off` is what rounding left: of d, d², h and h ∘ d.
    let differences = f32x4.splat(0);
    let squares = differences;
    let weightedSums = differences;
    let products = differences;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const difference = f32x4.sub(v128.load(point + at), means);
      const weighted = f32x4.mul(v128.load(from + at), v128.load(weight + at));
      differences = f32x4.add(differences, difference);
      squares = madd(difference, difference, squares);
      weightedSums = f32x4.add(weightedSums, weighted);
      products = madd(weighted, difference, products);
    }
    let off = sumLanes(differences);
    let variance = sumLanes(squares);
    let plain = sumLanes(weightedSums);
    let product = sumLanes(products);
    for (; at < bytes; at += 4) {
      const difference = load<f32>(point + at) - mean;
      const weighted = load<f32>(from + at) * load<f32>(weight + at);
      off += difference;
      variance += difference * difference;
      plain += weighted;
      product += weighted * difference;
    }
    off /= count;
    variance = variance / count - off * off;
    plain /= count;
    const scale: f32 = 1 / sqrt<f32>(variance + epsilon);
    const along = (product / count - off * plain) * scale * scale;

    const offs = f32x4.splat(off);
    const plains = f32x4.splat(plain);
    const alongs = f32x4.splat(along);
    for (at = 0; at < whole; at += 16) {
      const difference = f32x4.sub(f32x4.sub(v128.load(point + at), means), offs);
      const weighted = f32x4.mul(v128.load(from + at), v128.load(weight + at));
      const rest = f32x4.sub(f32x4.sub(weighted, plains), f32x4.mul(difference, alongs));
      v128.store(to + at, f32x4.mul(rest, f32x4.splat(scale)));
    }
    for (; at < bytes; at += 4) {
      const difference = load<f32>(point + at) - mean - off;
      const weighted = load<f32>(from + at) * load<f32>(weight + at);
      store<f32>(to + at, (weighted - plain - difference * along) * scale);
    }
  }
}
