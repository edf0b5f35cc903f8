/**
 * out[i] = Σⱼ pᵢⱼ · v[j], pᵢ = softmax over j of q[i]·k[j] / sqrt(d), by head, within a sequence.
 *
 * q, k, v, out [ΣT, D], float32; head h is columns h·d to (h + 1)·d, d = D / H; offsets [B + 1] i32.
 * Causal: j ≤ i. `scratch` has room for the longest sequence's scores, for each thread; one query's
 * scores are all that is held. Sums in float32, exp as exp.ts states it. The threads share the pairs
 * of sequence and head.
 */
import { exp4 } from './exp';
import { madd, maxLanes, sumLanes, sumsOf } from './simd';
import { rangeEnd, rangeStart } from './split';

export function attention(
  query: usize,
  key: usize,
  value: usize,
  pitch: usize,
  offsets: usize,
  sequences: i32,
  heads: i32,
  width: i32,
  causal: bool,
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
    const column = <usize>((pair % heads) * width) << 2;
    const first = load<i32>(offsets + (<usize>sequence << 2));
    const length = load<i32>(offsets + (<usize>sequence << 2), 4) - first;
    const start = <usize>first * pitch + column;
    for (let row = 0; row < length; row++) {
      const seen = causal ? row + 1 : length;
      const q = query + start + <usize>row * pitch;
      scoreKeys(q, key + start, pitch, seen, width, scratch);
      softmax(scratch, seen);
      const to = out + <usize>(first + row) * outPitch + column;
      mixValues(scratch, value + start, pitch, seen, width, to);
    }
  }
}

/** Four keys at a time, so that a vector of q is loaded once for them and their sums end in one vector. */
// @ts-ignore: decorator
@inline
function scoreKeys(q: usize, k: usize, pitch: usize, seen: i32, width: i32, scores: usize): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>width);
  const bytes = <usize>width << 2;
  const whole = bytes & ~15;
  let j = 0;
  if (whole == bytes) {
    const scales = f32x4.splat(scale);
    for (; j + 4 <= seen; j += 4) {
      const k1 = k + pitch;
      const k2 = k1 + pitch;
      const k3 = k2 + pitch;
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      for (let at: usize = 0; at < whole; at += 16) {
        const values = v128.load(q + at);
        sum0 = madd(values, v128.load(k + at), sum0);
        sum1 = madd(values, v128.load(k1 + at), sum1);
        sum2 = madd(values, v128.load(k2 + at), sum2);
        sum3 = madd(values, v128.load(k3 + at), sum3);
      }
      v128.store(scores + (<usize>j << 2), f32x4.mul(sumsOf(sum0, sum1, sum2, sum3), scales));
      k = k3 + pitch;
    }
  }
  for (; j < seen; j++) {
    let sums = f32x4.splat(0);
    let at: usize = 0;
    for (; at < whole; at += 16) sums = madd(v128.load(q + at), v128.load(k + at), sums);
    let dot = sumLanes(sums);
    for (; at < bytes; at += 4) dot += load<f32>(q + at) * load<f32>(k + at);
    store<f32>(scores + (<usize>j << 2), dot * scale);
    k += pitch;
  }
}

/** Fills the scores up to a multiple of 4 with what weighs nothing. */
// @ts-ignore: decorator
@inline
function softmax(scores: usize, count: i32): void {
  const end = scores + (((<usize>count + 3) & ~3) << 2);
  for (let at = scores + (<usize>count << 2); at < end; at += 4) store<f32>(at, -1e30);
  let highest = f32x4.splat(-1e30);
  for (let at = scores; at < end; at += 16) highest = f32x4.pmax(highest, v128.load(at));
  const top = f32x4.splat(maxLanes(highest));
  let sums = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const weight = exp4(f32x4.sub(v128.load(at), top));
    v128.store(at, weight);
    sums = f32x4.add(sums, weight);
  }
  const scale = f32x4.splat(1 / sumLanes(sums));
  for (let at = scores; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
}

// @ts-ignore: decorator
@inline
function mixValues(
  weights: usize,
  v: usize,
  pitch: usize,
  seen: i32,
  width: i32,
  out: usize,
): void {
  const bytes = <usize>width << 2;
  let at: usize = 0;
  for (; at + 64 <= bytes; at += 64) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let from = v + at;
    for (let j = 0; j < seen; j++) {
      const weight = v128.load32_splat(weights + (<usize>j << 2));
      sum0 = madd(weight, v128.load(from), sum0);
      sum1 = madd(weight, v128.load(from, 16), sum1);
      sum2 = madd(weight, v128.load(from, 32), sum2);
      sum3 = madd(weight, v128.load(from, 48), sum3);
      from += pitch;
    }
    v128.store(out + at, sum0);
    v128.store(out + at, sum1, 16);
    v128.store(out + at, sum2, 32);
    v128.store(out + at, sum3, 48);
  }
  for (; at < bytes; at += 4) {
    let sum: f32 = 0;
    for (let j = 0; j < seen; j++) {
      sum += load<f32>(weights + (<usize>j << 2)) * load<f32>(v + at + <usize>j * pitch);
    }
    store<f32>(out + at, sum);
  }
}
