/**
 * A segment: 256 rows of one length, and what is known of each. `pitch` is the bytes of a row's codes, a multiple
 * of 16, so every part begins at such a multiple. ../../src/flat/segment-layout.ts knows the same.
 *
 *   codes  [256, pitch] int8
 *   scales [256] float32: the largest magnitude of the row / 127
 *   sums   [256] int32: the sum of the row's codes
 *   rows   [256] uint32: row numbers, ascending
 *   live   [8] uint32: a bit for each row that has not been removed
 */
export const SEGMENT_ROWS: usize = 256;
export const LIVE_WORDS: usize = SEGMENT_ROWS / 32;

// @ts-ignore: decorator
@inline
export function scalesOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * pitch;
}

// @ts-ignore: decorator
@inline
export function sumsOfCodes(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * (pitch + 4);
}

// @ts-ignore: decorator
@inline
export function rowsOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * (pitch + 8);
}

// @ts-ignore: decorator
@inline
export function liveOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * (pitch + 12);
}
