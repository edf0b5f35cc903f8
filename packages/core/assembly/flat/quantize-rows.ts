/**
 * code[r, k] = round(x[r, k] / s[r]), in −127…127; s = maxₖ |x[r, k]| / 127
 *
 * x [R, K], float32 or float16, with room for 15 more values behind it. Codes and scales go into a segment from
 * its row `slot` on; columns from K to its pitch become 0. `halves` [R, K] gets the rows as float16, unless it is 0.
 * `line` is room for one row of float32.
 */
import { narrowed, widened } from './half';
import { codesOf, scalesOf } from './segment';

/** What no half reaches, even when rounded up. */
const LIMIT: f32 = 65520;

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
): i32 {
  const bytes = <usize>columns << (isHalf ? 1 : 2);
  for (let row = 0; row < rows; row++) {
    if (isHalf) widen(x, line, columns);
    else memory.copy(line, x, bytes);
    memory.fill(line + (<usize>columns << 2), 0, (pitch - <usize>columns) << 2);
    const largest = largestMagnitude(line, pitch << 2);
    // False for a NaN too.
    if (!(largest < LIMIT)) return row;
    if (halves != 0) narrow(line, halves, columns);
    const about = <usize>(slot + row) << 2;
    store<f32>(scalesOf(segment, pitch) + about, largest / 127);
    encode(line, codesOf(segment, pitch, slot + row), pitch, largest);
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

function encode(line: usize, codes: usize, pitch: usize, largest: f32): void {
  const inverse = f32x4.splat(largest == 0 ? 0 : 127 / largest);
  for (let at: usize = 0; at < pitch; at += 16) {
    const first = levels(line, inverse);
    const second = levels(line + 16, inverse);
    const third = levels(line + 32, inverse);
    const fourth = levels(line + 48, inverse);
    const low = i16x8.narrow_i32x4_s(first, second);
    const high = i16x8.narrow_i32x4_s(third, fourth);
    v128.store(codes + (at << 2), i8x16.narrow_i16x8_s(low, high));
    line += 64;
  }
}

// @ts-ignore: decorator
@inline
function levels(from: usize, inverse: v128): v128 {
  const level = f32x4.nearest(f32x4.mul(v128.load(from), inverse));
  // Where the largest magnitude is subnormal, its inverse is infinite.
  const bounded = f32x4.pmax(f32x4.pmin(level, f32x4.splat(127)), f32x4.splat(-127));
  return i32x4.trunc_sat_f32x4_s(bounded);
}
