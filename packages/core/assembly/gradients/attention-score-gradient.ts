/**
 * out[i, h·L + j] = p[i, j] (a[i, j] − Σₘ p[i, m] a[i, m]) / sqrt(d), with a[i, j] = gradient[i]·v[j], by head h: the
 * gradient of the scores q[i]·k[j] before they are divided by sqrt(d). p are the shares.
 *
 * gradient [Q, D], shares and out [Q, H·L], v [ΣT, D], float32, offsets [B + 1] i32. Sums in float32; `scratch` is as
 * large as for attention.ts. The threads share the pairs of sequence and head.
 */
import { roundedUp, scoreKeys } from '../attention';
import { madd, sumLanes } from '../simd';
import { rangeEnd, rangeStart } from '../split';

export function attentionScoreGradient(
  gradient: usize,
  gradientPitch: usize,
  shares: usize,
  sharesPitch: usize,
  value: usize,
  valuePitch: usize,
  offsets: usize,
  sequences: i32,
  heads: i32,
  width: i32,
  queries: i32,
  longest: i32,
  out: usize,
  outPitch: usize,
  scratch: usize,
  thread: i32,
  threads: i32,
): void {
  const pairs = sequences * heads;
  const end = rangeEnd(pairs, thread, threads);
  for (let pair = rangeStart(pairs, thread, threads); pair < end; pair++) {
    const sequence = pair / heads;
    const head = pair % heads;
    const column = <usize>(head * width) << 2;
    const share = <usize>(head * longest) << 2;
    const first = load<i32>(offsets + (<usize>sequence << 2));
    const length = load<i32>(offsets + (<usize>sequence << 2), 4) - first;
    const values = value + <usize>first * valuePitch + column;
    const firstQuery = queries == 0 ? first : sequence * queries;
    const rows = queries == 0 ? length : queries;
    const others = scratch + roundedUp(length);
    for (let row = 0; row < rows; row += 2) {
      const other = min(row + 1, rows - 1);
      const i = <usize>(firstQuery + row);
      const j = <usize>(firstQuery + other);
      const g = gradient + column;
      scoreKeys(g + i * gradientPitch, g + j * gradientPitch, values, valuePitch, length, width, scratch, others);
      pull(scratch, shares + share + i * sharesPitch, out + share + i * outPitch, length);
      pull(others, shares + share + j * sharesPitch, out + share + j * outPitch, length);
    }
  }
}

/** p (a − Σ p a), for one query's products a. */
function pull(products: usize, p: usize, out: usize, length: i32): void {
  const bytes = <usize>length << 2;
  const whole = bytes & ~15;
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) sums = madd(v128.load(p + at), v128.load(products + at), sums);
  let mean = sumLanes(sums);
  for (; at < bytes; at += 4) mean += load<f32>(p + at) * load<f32>(products + at);
  const means = f32x4.splat(mean);
  for (at = 0; at < whole; at += 16) {
    const difference = f32x4.sub(v128.load(products + at), means);
    v128.store(out + at, f32x4.mul(v128.load(p + at), difference));
  }
  for (; at < bytes; at += 4) {
    store<f32>(out + at, load<f32>(p + at) * (load<f32>(products + at) - mean));
  }
}
