/**
 * score[q, r] = t[q]·s[r]·Σₖ p[q, k]·code[r, k] for all rows that are live
 *
 * A query's levels p are 14 bits, in two planes of 7, so that the relaxed dot product is exact on every engine:
 * p = 128·high + low − 8192, `high` and `low` [pitch] bytes 0…127, one after the other. With Σ code of each row,
 *
 *   Σₖ p·code = 128·(Σₖ high·code − 64·Σₖ code) + Σₖ low·code
 *
 * where the three sums are exact in int32, and the rest is float32.
 *
 * The threads take segments in turn. All queries pass over a segment while it is in the cache. Of the rows that are
 * also in the filter, each thread keeps the best for each query (best.ts), with positions of 256 to a segment.
 *
 * Four rows are computed together: each vector of the query is loaded once for them.
 */
import { dotAdd } from '../simd';
import { keyOf, push, threshold } from './best';
import { LIVE_WORDS, liveOf, rowsOf, scalesOf, SEGMENT_ROWS, sumsOfCodes } from './segment';

/** Words of a job, as ../../src/flat/scan.ts writes it. `queries` is [Q] of planes, with the scales t [Q] behind. */
const NEXT: usize = 0;
const PITCH: usize = 4;
/** [segments, 2]: address, rows. */
const TABLE: usize = 8;
const SEGMENTS: usize = 12;
const PLANES: usize = 16;
const QUERY_SCALES: usize = 20;
const QUERIES: usize = 24;
/** [threads, Q] heaps, or 0. */
const BEST: usize = 28;
const BEST_BYTES: usize = 32;
/** Bits by row number, or 0 for all rows. */
const FILTER: usize = 36;
const FILTER_WORDS: usize = 40;
/** [Q, rows] float32 by row number, or 0. */
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
    for (let query = 0; query < queries; query++) {
      scanSegment(
        segment,
        pitch,
        load<i32>(entry, 4),
        <u32>at * <u32>SEGMENT_ROWS,
        <usize>load<u32>(job, PLANES) + <usize>query * 2 * pitch,
        load<f32>(<usize>load<u32>(job, QUERY_SCALES) + (<usize>query << 2)),
        hasHeaps ? heaps + <usize>query * heapBytes : 0,
        hasScores ? <usize>load<u32>(job, SCORES) + <usize>query * <usize>load<u32>(job, SCORES_BYTES) : 0,
        scratch,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function next(job: usize, threads: i32): i32 {
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
  position: u32,
  planes: usize,
  queryScale: f32,
  best: usize,
  scores: usize,
  scratch: usize,
): void {
  const scales = scalesOf(segment, pitch);
  const sums = sumsOfCodes(segment, pitch);
  let limit = f32x4.splat(best == 0 ? Infinity : threshold(best));
  for (let slot = 0; slot < count; slot += 4) {
    // Each byte has the bits of eight rows.
    const byte = scratch + (<usize>slot >> 3);
    const computed = (<i32>load<u8>(byte) >> (slot & 4)) & 15;
    if (computed == 0) continue;
    const about = <usize>slot << 2;
    const four = fourScores(
      segment + <usize>slot * pitch,
      pitch,
      planes,
      v128.load(sums + about),
      f32x4.mul(v128.load(scales + about), f32x4.splat(queryScale)),
    );
    const wanted = (<i32>load<u8>(byte, WANTED) >> (slot & 4)) & 15;
    let better = i32x4.bitmask(f32x4.gt(four, limit)) & wanted;
    if (better == 0 && scores == 0) continue;
    v128.store(scratch, four, FOUR);
    if (scores != 0) scatter(computed, rowsOf(segment, pitch) + about, scratch, scores);
    if (better == 0) continue;
    for (; better != 0; better &= better - 1) {
      const lane = ctz(better);
      push(best, keyOf(load<f32>(scratch + (<usize>lane << 2), FOUR), position + slot + lane));
    }
    limit = f32x4.splat(threshold(best));
  }
}

function scatter(lanes: i32, rows: usize, scratch: usize, scores: usize): void {
  for (; lanes != 0; lanes &= lanes - 1) {
    const lane = <usize>ctz(lanes) << 2;
    store<f32>(scores + (<usize>load<u32>(rows + lane) << 2), load<f32>(scratch + lane, FOUR));
  }
}

// @ts-ignore: decorator
@inline
function fourScores(row: usize, pitch: usize, planes: usize, sums: v128, scales: v128): v128 {
  const row1 = row + pitch;
  const row2 = row1 + pitch;
  const row3 = row2 + pitch;
  const lows = planes + pitch;
  let high0 = i32x4.splat(0);
  let high1 = high0;
  let high2 = high0;
  let high3 = high0;
  let low0 = high0;
  let low1 = high0;
  let low2 = high0;
  let low3 = high0;
  for (let k: usize = 0; k < pitch; k += 16) {
    const high = v128.load(planes + k);
    const low = v128.load(lows + k);
    const codes0 = v128.load(row + k);
    high0 = dotAdd(codes0, high, high0);
    low0 = dotAdd(codes0, low, low0);
    const codes1 = v128.load(row1 + k);
    high1 = dotAdd(codes1, high, high1);
    low1 = dotAdd(codes1, low, low1);
    const codes2 = v128.load(row2 + k);
    high2 = dotAdd(codes2, high, high2);
    low2 = dotAdd(codes2, low, low2);
    const codes3 = v128.load(row3 + k);
    high3 = dotAdd(codes3, high, high3);
    low3 = dotAdd(codes3, low, low3);
  }
  const upper = i32x4.sub(laneSums(high0, high1, high2, high3), i32x4.shl(sums, 6));
  const lower = laneSums(low0, low1, low2, low3);
  const products = f32x4.add(
    f32x4.mul(f32x4.convert_i32x4_s(upper), f32x4.splat(128)),
    f32x4.convert_i32x4_s(lower),
  );
  return f32x4.mul(products, scales);
}

/** The sums of the lanes of four vectors, as one vector. */
// @ts-ignore: decorator
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}
