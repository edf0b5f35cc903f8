/**
 * out[i] = Σⱼ pᵢⱼ · v[j], pᵢ = softmax over j of q[i]·k[j] / sqrt(d), by head, within a sequence.
 *
 * k, v [ΣT, D], q and out the same or, with `queries` rows a sequence, [B · queries, D], float32; head h is columns h·d to (h + 1)·d, d = D / H; offsets [B + 1] i32.
 * Causal: j ≤ i. Two queries at a time, so that each key and value is loaded once for both and eight
 * sums are under way: `q`, `scores` and a0…a3 are of the one, `p`, `others` and b0…b3 of the next. `scratch` has room for the longest sequence's scores of two queries, each
 * filled up to a multiple of 4, for each thread. Sums in float32, exp as exp.ts states it. The threads
 * share the pairs of sequence and head.
 */
import { exp4 } from './exp';
import { madd, maxLanes, sumLanes, sumsOf } from './simd';
import { rangeEnd, rangeStart } from './split';

export function attention(
  query: usize,
  queryPitch: usize,
  key: usize,
  value: usize,
  pitch: usize,
  offsets: usize,
  sequences: i32,
  heads: i32,
  width: i32,
  causal: bool,
  queries: i32,
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
    const firstQuery = queries == 0 ? first : sequence * queries;
    const from = query + <usize>firstQuery * queryPitch + column;
    const to = out + <usize>firstQuery * outPitch + column;
    const rows = queries == 0 ? length : queries;
    const scores = scratch;
    const others = scratch + <usize>roundedUp(length);
    for (let row = 0; row < rows; row += 2) {
      // The last query of an odd number goes with itself.
      const other = min(row + 1, rows - 1);
      const seen = causal ? other + 1 : length;
      const q = from + <usize>row * queryPitch;
      const step = <usize>(other - row);
      scoreKeys(q, q + step * queryPitch, key + start, pitch, seen, width, scores, others);
      softmax(scores, causal ? row + 1 : length, seen);
      softmax(others, seen, seen);
      const at = to + <usize>row * outPitch;
      mixValues(scores, others, 4, value + start, pitch, seen, width, at, at + step * outPitch);
    }
  }
}

/** Bytes of `count` floats, up to a whole number of vectors. */
// @ts-ignore: decorator
@inline
export function roundedUp(count: i32): usize {
  return ((<usize>count + 3) & ~3) << 2;
}

/** Four keys at a time, so that their sums end in one vector. */
// @ts-ignore: decorator
@inline
export function scoreKeys(
  q: usize,
  p: usize,
  k: usize,
  pitch: usize,
  seen: i32,
  width: i32,
  scores: usize,
  others: usize,
): void {
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
      let q0 = f32x4.splat(0);
      let q1 = q0;
      let q2 = q0;
      let q3 = q0;
      let p0 = q0;
      let p1 = q0;
      let p2 = q0;
      let p3 = q0;
      for (let at: usize = 0; at < whole; at += 16) {
        const qs = v128.load(q + at);
        const ps = v128.load(p + at);
        const first = v128.load(k + at);
        q0 = madd(qs, first, q0);
        p0 = madd(ps, first, p0);
        const second = v128.load(k1 + at);
        q1 = madd(qs, second, q1);
        p1 = madd(ps, second, p1);
        const third = v128.load(k2 + at);
        q2 = madd(qs, third, q2);
        p2 = madd(ps, third, p2);
        const fourth = v128.load(k3 + at);
        q3 = madd(qs, fourth, q3);
        p3 = madd(ps, fourth, p3);
      }
      const to = <usize>j << 2;
      v128.store(scores + to, f32x4.mul(sumsOf(q0, q1, q2, q3), scales));
      v128.store(others + to, f32x4.mul(sumsOf(p0, p1, p2, p3), scales));
      k = k3 + pitch;
    }
  }
  for (; j < seen; j++) {
    const to = <usize>j << 2;
    store<f32>(scores + to, dot(q, k, whole, bytes) * scale);
    store<f32>(others + to, dot(p, k, whole, bytes) * scale);
    k += pitch;
  }
}

// @ts-ignore: decorator
@inline
function dot(q: usize, k: usize, whole: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) sums = madd(v128.load(q + at), v128.load(k + at), sums);
  let sum = sumLanes(sums);
  for (; at < bytes; at += 4) sum += load<f32>(q + at) * load<f32>(k + at);
  return sum;
}

/** Of the first `count` scores; those behind them, up to `seen` and a multiple of 4, weigh nothing. */
// @ts-ignore: decorator
@inline
export function softmax(scores: usize, count: i32, seen: i32): void {
  const end = scores + roundedUp(seen);
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

/**
 * Σ weights[j] · v[j] over `seen` rows, for two lists of weights at a time.
 *
 * @param step bytes from one weight to the next
 */
// @ts-ignore: decorator
@inline
export function mixValues(
  weights: usize,
  others: usize,
  step: usize,
  v: usize,
  pitch: usize,
  seen: i32,
  width: i32,
  out: usize,
  otherOut: usize,
): void {
  const bytes = <usize>width << 2;
  const last = <usize>seen * step;
  let at: usize = 0;
  for (; at + 64 <= bytes; at += 64) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let from = v + at;
    for (let j: usize = 0; j < last; j += step) {
      const a = v128.load32_splat(weights + j);
      const b = v128.load32_splat(others + j);
      const v0 = v128.load(from);
      a0 = madd(a, v0, a0);
      b0 = madd(b, v0, b0);
      const v1 = v128.load(from, 16);
      a1 = madd(a, v1, a1);
      b1 = madd(b, v1, b1);
      const v2 = v128.load(from, 32);
      a2 = madd(a, v2, a2);
      b2 = madd(b, v2, b2);
      const v3 = v128.load(from, 48);
      a3 = madd(a, v3, a3);
      b3 = madd(b, v3, b3);
      from += pitch;
    }
    v128.store(out + at, a0);
    v128.store(out + at, a1, 16);
    v128.store(out + at, a2, 32);
    v128.store(out + at, a3, 48);
    v128.store(otherOut + at, b0);
    v128.store(otherOut + at, b1, 16);
    v128.store(otherOut + at, b2, 32);
    v128.store(otherOut + at, b3, 48);
  }
  for (; at + 32 <= bytes; at += 32) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let from = v + at;
    for (let j: usize = 0; j < last; j += step) {
      const a = v128.load32_splat(weights + j);
      const b = v128.load32_splat(others + j);
      const v0 = v128.load(from);
      a0 = madd(a, v0, a0);
      b0 = madd(b, v0, b0);
      const v1 = v128.load(from, 16);
      a1 = madd(a, v1, a1);
      b1 = madd(b, v1, b1);
      from += pitch;
    }
    v128.store(out + at, a0);
    v128.store(out + at, a1, 16);
    v128.store(otherOut + at, b0);
    v128.store(otherOut + at, b1, 16);
  }
  for (; at < bytes; at += 4) {
    store<f32>(out + at, mixed(weights, step, v + at, pitch, last));
    store<f32>(otherOut + at, mixed(others, step, v + at, pitch, last));
  }
}

// @ts-ignore: decorator
@inline
function mixed(weights: usize, step: usize, v: usize, pitch: usize, last: usize): f32 {
  let sum: f32 = 0;
  for (let j: usize = 0; j < last; j += step) {
    sum += load<f32>(weights + j) * load<f32>(v);
    v += pitch;
  }
  return sum;
}
