/**
 * score[q, r] = t[q]·s[r]·(Σₖ level[q, k]·code[r, k] − offset[q]) for all rows that are live
 *
 * The best are those that can have the highest true scores: those with the highest score[q, r] + s[r]·margin[q].
 * ../../src/flat/quantized-query.ts says what a query's numbers are.
 *
 * A query's levels are int16, small enough that the sum is exact in int32; the rest is float32. Widening the codes and
 * multiplying 16 bits is as much work as two relaxed dot products of bytes, which it would take for a query of 14
 * bits, on machines that have no instruction for them, and no slower than the memory on those that have.
 *
 * The threads take segments in turn. All queries pass over a segment while it is in the cache. Of the rows that are
 * also in the filter, each thread keeps the best for each query (best.ts).
 *
 * Four rows are computed together: each vector of the query is loaded once for them.
 */
import { keyOf, push, threshold } from './best';
import { codesOf, LIVE_WORDS, liveOf, rowsOf, scalesOf, SEGMENT_ROWS } from './segment';

/** Words of a job, as ../../src/flat/scan.ts writes it. */
const NEXT: usize = 0;
const PITCH: usize = 4;
/** [segments, 2]: address, rows. */
const TABLE: usize = 8;
const SEGMENTS: usize = 12;
/** [Q, pitch] int16. */
const LEVELS: usize = 16;
/** [Q]: t float32, margin float32, unit float32 of the scores that are written, offset int32. */
const QUERY_NUMBERS: usize = 20;
const QUERIES: usize = 24;
/** [threads, Q] heaps, or 0. */
const BEST: usize = 28;
const BEST_BYTES: usize = 32;
/** Bits by row number, or 0 for all rows. */
const FILTER: usize = 36;
const FILTER_WORDS: usize = 40;
/** [Q, segments, 256] float32, anything where no row is live, or 0. */
const SCORES: usize = 44;
const SCORES_BYTES: usize = 48;
/** [threads] of {@link SCRATCH_BYTES}. */
const SCRATCH: usize = 52;

/** Which rows are computed, which may be among the best, and four scores. */
const WANTED: usize = LIVE_WORDS * 4;
const FOUR: usize = 2 * WANTED;
const SCRATCH_BYTES: usize = 128;

export function scan(job: usize, thread: i32, threads: i32): void {
  const pitch = <usize>load<u32>(job, PITCH);
  const segments = load<i32>(job, SEGMENTS);
  const queries = load<i32>(job, QUERIES);
  const scratch = <usize>load<u32>(job, SCRATCH) + <usize>thread * SCRATCH_BYTES;
  const heapBytes = <usize>load<u32>(job, BEST_BYTES);
  const hasHeaps = load<u32>(job, BEST) != 0;
  const heaps = <usize>load<u32>(job, BEST) + <usize>(thread * queries) * heapBytes;
  const hasScores = load<u32>(job, SCORES) != 0;
  for (let at = next(job, threads); at < segments; at = next(job, threads)) {
    const entry = <usize>load<u32>(job, TABLE) + (<usize>at << 3);
    const segment = <usize>load<u32>(entry);
    if (!chooseRows(job, segment, pitch, hasScores, scratch)) continue;
    const scores = <usize>load<u32>(job, SCORES) + <usize>at * SEGMENT_ROWS * 4;
    for (let query = 0; query < queries; query++) {
      scanSegment(
        segment,
        pitch,
        load<i32>(entry, 4),
        <usize>load<u32>(job, LEVELS) + <usize>query * 2 * pitch,
        <usize>load<u32>(job, QUERY_NUMBERS) + (<usize>query << 4),
        hasHeaps ? heaps + <usize>query * heapBytes : 0,
        hasScores ? scores + <usize>query * <usize>load<u32>(job, SCORES_BYTES) : 0,
        scratch,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
export function next(job: usize, threads: i32): i32 {
  if (ASC_FEATURE_THREADS && threads > 1) return atomic.add<i32>(job + NEXT, 1);
  const at = load<i32>(job, NEXT);
  store<i32>(job, at + 1, NEXT);
  return at;
}

/** Fills the scratch's bits. @returns whether any row is to be computed */
function chooseRows(job: usize, segment: usize, pitch: usize, hasScores: bool, scratch: usize): bool {
  const live = liveOf(segment, pitch);
  const filter = <usize>load<u32>(job, FILTER);
  if (filter == 0) {
    memory.copy(scratch, live, WANTED);
    memory.copy(scratch + WANTED, live, WANTED);
    return true;
  }
  const words = load<u32>(job, FILTER_WORDS);
  let rows = rowsOf(segment, pitch);
  let any: u32 = 0;
  for (let word: usize = 0; word < LIVE_WORDS; word++) {
    const alive = load<u32>(live + (word << 2));
    let wanted: u32 = 0;
    if (alive != 0) {
      for (let bit: u32 = 0; bit < 32; bit++) {
        const row = load<u32>(rows + (<usize>bit << 2));
        const set: u32 = row >> 5 < words ? load<u32>(filter + (<usize>(row >> 5) << 2)) : 0;
        wanted |= ((set >> (row & 31)) & 1) << bit;
      }
      wanted &= alive;
    }
    store<u32>(scratch + (word << 2), hasScores ? alive : wanted);
    store<u32>(scratch + (word << 2), wanted, WANTED);
    any |= hasScores ? alive : wanted;
    rows += 128;
  }
  return any != 0;
}

function scanSegment(
  segment: usize,
  pitch: usize,
  count: i32,
  levels: usize,
  numbers: usize,
  best: usize,
  scores: usize,
  scratch: usize,
): void {
  const scales = scalesOf(segment, pitch);
  const rows = rowsOf(segment, pitch);
  const step = f32x4.splat(load<f32>(numbers));
  const margin = f32x4.splat(load<f32>(numbers, 4));
  const unit = f32x4.splat(load<f32>(numbers, 8));
  const offset = i32x4.splat(load<i32>(numbers, 12));
  let limit = f32x4.splat(best == 0 ? Infinity : threshold(best));
  for (let slot = 0; slot < count; slot += 4) {
    // Each byte has the bits of eight rows.
    const byte = scratch + (<usize>slot >> 3);
    const computed = (<i32>load<u8>(byte) >> (slot & 4)) & 15;
    if (computed == 0) continue;
    const about = <usize>slot << 2;
    const scale = v128.load(scales + about);
    const sums = i32x4.sub(fourSums(codesOf(segment, pitch, slot), pitch, levels), offset);
    const four = f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(scale, step));
    if (scores != 0) v128.store(scores + about, f32x4.mul(four, unit));
    const most = f32x4.add(four, f32x4.mul(scale, margin));
    const wanted = (<i32>load<u8>(byte, WANTED) >> (slot & 4)) & 15;
    let better = i32x4.bitmask(f32x4.gt(most, limit)) & wanted;
    if (better == 0) continue;
    v128.store(scratch, most, FOUR);
    for (; better != 0; better &= better - 1) {
      const lane = <usize>ctz(better) << 2;
      push(best, keyOf(load<f32>(scratch + lane, FOUR), load<u32>(rows + about + lane)));
    }
    limit = f32x4.splat(threshold(best));
  }
}

// @ts-ignore: decorator
@inline
function fourSums(codes: usize, pitch: usize, levels: usize): v128 {
  let sum0 = i32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (const end = codes + (pitch << 2); codes < end; codes += 64) {
    const first = v128.load(levels);
    const second = v128.load(levels, 16);
    levels += 32;
    sum0 = add(sum0, v128.load_ext<i8>(codes), first, v128.load_ext<i8>(codes, 8), second);
    sum1 = add(sum1, v128.load_ext<i8>(codes, 16), first, v128.load_ext<i8>(codes, 24), second);
    sum2 = add(sum2, v128.load_ext<i8>(codes, 32), first, v128.load_ext<i8>(codes, 40), second);
    sum3 = add(sum3, v128.load_ext<i8>(codes, 48), first, v128.load_ext<i8>(codes, 56), second);
  }
  return laneSums(sum0, sum1, sum2, sum3);
}

/** Adds the products of 16 codes. */
// @ts-ignore: decorator
@inline
function add(sum: v128, low: v128, first: v128, high: v128, second: v128): v128 {
  return i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(low, first), i32x4.dot_i16x8_s(high, second)));
}

/** The sums of the lanes of four vectors, as one vector. */
// @ts-ignore: decorator
@inline
export function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}
