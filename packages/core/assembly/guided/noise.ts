/**
 * values[i] += (low 16 bits + high 16 bits − 65,535 of word i) · scale, in float64 and rounded once. Word i is word i mod 4
 * of Philox 4×32-10 for the counter [⌊i / 4⌋, view, step, purpose], as in ../../src/guided/philox.ts. Four counters are
 * computed at a time, one a lane.
 */
import { storeRounded, wideHigh, wideLow } from './wide';

const MULTIPLIER_0: i32 = 0xd2511f53;
const MULTIPLIER_1: i32 = 0xcd9e8d57;
const INCREMENT_0: i32 = 0x9e3779b9;
const INCREMENT_1: i32 = 0xbb67ae85;
const ROUNDS: i32 = 10;
/** Words of four counters. */
const WORDS: i32 = 16;

/** @param spare room for 16 floats, where there are not 16 values left */
export function addNoise(
  values: usize,
  count: i32,
  key0: i32,
  key1: i32,
  view: i32,
  step: i32,
  purpose: i32,
  scale: f64,
  spare: usize,
): void {
  let blocks = i32x4(0, 1, 2, 3);
  let left = count;
  for (; left >= WORDS; left -= WORDS, values += WORDS << 2) {
    addBlocks(values, blocks, key0, key1, view, step, purpose, scale);
    blocks = i32x4.add(blocks, i32x4.splat(4));
  }
  const bytes = <usize>left << 2;
  memory.copy(spare, values, bytes);
  addBlocks(spare, blocks, key0, key1, view, step, purpose, scale);
  memory.copy(values, spare, bytes);
}

/** The words of four counters, to 16 values. */
function addBlocks(
  values: usize,
  blocks: v128,
  key0: i32,
  key1: i32,
  view: i32,
  step: i32,
  purpose: i32,
  scale: f64,
): void {
  let c0 = blocks;
  let c1 = i32x4.splat(view);
  let c2 = i32x4.splat(step);
  let c3 = i32x4.splat(purpose);
  let k0 = i32x4.splat(key0);
  let k1 = i32x4.splat(key1);
  const m0 = i32x4.splat(MULTIPLIER_0);
  const m1 = i32x4.splat(MULTIPLIER_1);
  for (let round = 0; round < ROUNDS; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const high0 = i64x2.extmul_high_i32x4_u(c0, m0);
    const low1 = i64x2.extmul_low_i32x4_u(c2, m1);
    const high1 = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), c1), k0);
    c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), c3), k1);
    c3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
    k0 = i32x4.add(k0, i32x4.splat(INCREMENT_0));
    k1 = i32x4.add(k1, i32x4.splat(INCREMENT_1));
  }
  const c01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const c23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const d01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const d23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  const scales = f64x2.splat(scale);
  addWords(values, v128.shuffle<i64>(c01, c23, 0, 2), scales);
  addWords(values + 16, v128.shuffle<i64>(c01, c23, 1, 3), scales);
  addWords(values + 32, v128.shuffle<i64>(d01, d23, 0, 2), scales);
  addWords(values + 48, v128.shuffle<i64>(d01, d23, 1, 3), scales);
}

// @ts-ignore: decorator
@inline
function addWords(values: usize, words: v128, scales: v128): void {
  const halves = i32x4.add(v128.and(words, i32x4.splat(0xffff)), i32x4.shr_u(words, 16));
  const centred = i32x4.sub(halves, i32x4.splat(0xffff));
  const low = f64x2.convert_low_i32x4_s(centred);
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(centred, centred, 2, 3, 2, 3));
  storeRounded(
    values,
    f64x2.add(wideLow(values), f64x2.mul(low, scales)),
    f64x2.add(wideHigh(values), f64x2.mul(high, scales)),
  );
}
