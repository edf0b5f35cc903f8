/**
 * code[r, k] = round(x[r, k] / s[r] + u[k]), in −127…127; s = maxₖ |x[r, k]| / 126.5
 *
 * u [pitch], in [−½, ½), is the dither (../../src/flat/dither.ts): s·(code − u) is within s/2 of x.
 *
 * x [R, K], float32 or float16, with room for 15 more values behind it. Codes and scales go into a segment from
 * its row `slot` on; columns from K to its pitch are taken as 0. `halves` [R, K] gets the rows as float16, unless it is
 * 0; the codes are then those of the halves. `line` is room for one row of float32.
 */
import { narrowed, widened } from './half';
import { codesOf, scalesOf } from './segment';

/** What no half reaches, even when rounded up. */
const LIMIT: f32 = 65520;
/** What a value may be in steps, so that the dither does not take it past 127. */
const MAX_LEVEL: f32 = 126.5;
/** 2⁻¹¹⁰. Finer steps would be subnormal once they are multiplied by a query's. */
const MIN_STEP: f32 = reinterpret<f32>((127 - 110) << 23);

/** @returns the first row with a value that is not finite, or too large for a half; −1 when there is none */
export function quantizeRows(
  x: usize,
  isHalf: bool,
  rows: i32,
  columns: i32,
  segment: usize,
  pitch: usize,
  slot: i32,
  halves: usize,
  line: usize,
  dither: usize,
): i32 {
  const bytes = <usize>columns << (isHalf ? 1 : 2);
  for (let row = 0; row < rows; row++) {
    if (isHalf) widen(x, line, columns);
    else memory.copy(line, x, bytes);
    const rest = line + (<usize>columns << 2);
    memory.fill(rest, 0, (pitch - <usize>columns) << 2);
    let largest = largestMagnitude(line, pitch << 2);
    // False for a NaN too.
    if (!(largest < LIMIT)) return row;
    if (halves != 0) {
      narrow(line, halves, columns);
      widen(halves, line, columns);
      memory.fill(rest, 0, (pitch - <usize>columns) << 2);
      largest = largestMagnitude(line, pitch << 2);
    }
    const step = max(largest / MAX_LEVEL, MIN_STEP);
    const about = <usize>(slot + row) << 2;
    store<f32>(scalesOf(segment, pitch) + about, step);
    encode(line, codesOf(segment, pitch, slot + row), pitch, 1 / step, dither);
    x += bytes;
    halves += halves == 0 ? 0 : <usize>columns << 1;
  }
  return -1;
}

/** Writes up to seven values too many. */
function widen(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const halves = v128.load(from);
    v128.store(to, widened(i32x4.extend_low_i16x8_u(halves)));
    v128.store(to, widened(i32x4.extend_high_i16x8_u(halves)), 16);
    from += 16;
    to += 32;
  }
}

/** Writes up to seven values too many: 0, or the beginning of a row that is yet to come. */
function narrow(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    v128.store(to, i16x8.narrow_i32x4_u(narrowed(v128.load(from)), narrowed(v128.load(from, 16))));
    from += 32;
    to += 16;
  }
}

/** NaN where a value is. */
// @ts-ignore: decorator
@inline
function largestMagnitude(line: usize, bytes: usize): f32 {
  let first = f32x4.splat(0);
  let second = first;
  for (let at: usize = 0; at < bytes; at += 32) {
    first = f32x4.max(first, f32x4.abs(v128.load(line + at)));
    second = f32x4.max(second, f32x4.abs(v128.load(line + at, 16)));
  }
  const all = f32x4.max(first, second);
  return max(
    max(f32x4.extract_lane(all, 0), f32x4.extract_lane(all, 1)),
    max(f32x4.extract_lane(all, 2), f32x4.extract_lane(all, 3)),
  );
}

function encode(line: usize, codes: usize, pitch: usize, inverse: f32, dither: usize): void {
  const factor = f32x4.splat(inverse);
  for (let at: usize = 0; at < pitch; at += 16) {
    const first = levels(line, factor, dither);
    const second = levels(line + 16, factor, dither + 16);
    const third = levels(line + 32, factor, dither + 32);
    const fourth = levels(line + 48, factor, dither + 48);
    const low = i16x8.narrow_i32x4_s(first, second);
    const high = i16x8.narrow_i32x4_s(third, fourth);
    v128.store(codes + (at << 2), i8x16.narrow_i16x8_s(low, high));
    line += 64;
    dither += 64;
  }
}

// @ts-ignore: decorator
@inline
function levels(from: usize, factor: v128, dither: usize): v128 {
  const level = f32x4.add(f32x4.mul(v128.load(from), factor), v128.load(dither));
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(level));
}
