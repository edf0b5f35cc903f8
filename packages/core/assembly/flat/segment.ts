/**
 * A segment: 256 rows of one length, and what is known of each. `pitch` is the bytes of a row's codes, a multiple
 * of 16, so every part begins at such a multiple. ../../src/flat/segment-layout.ts knows the same.
 *
 *   codes  [64, pitch / 16, 4, 16] int8: four rows at a time, 16 codes of each, so that they are read in one stream
 *   scales [256] float32: the step of the row's codes, see quantize-rows.ts
 *   rows   [256] uint32: row numbers, ascending
 *   live   [8] uint32: a bit for each row that has not been removed
 */
export const SEGMENT_ROWS: usize = 256;
export const LIVE_WORDS: usize = SEGMENT_ROWS / 32;

/** Where the codes of a row begin; its next 16 are 64 bytes on. */
// @ts-ignore: decorator
@inline
export function codesOf(segment: usize, pitch: usize, slot: i32): usize {
  return segment + <usize>(slot >> 2) * (pitch << 2) + (<usize>(slot & 3) << 4);
}

// @ts-ignore: decorator
@inline
export function scalesOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * pitch;
}

// @ts-ignore: decorator
@inline
export function rowsOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * (pitch + 4);
}

// @ts-ignore: decorator
@inline
export function liveOf(segment: usize, pitch: usize): usize {
  return segment + SEGMENT_ROWS * (pitch + 8);
}

/** Copies a row, but for its bit, to a place before it or in another segment. */
export function moveRow(from: usize, slot: i32, to: usize, toSlot: i32, pitch: usize): void {
  const source = codesOf(from, pitch, slot);
  const target = codesOf(to, pitch, toSlot);
  for (let at: usize = 0; at < pitch << 2; at += 64) v128.store(target + at, v128.load(source + at));
  const about = <usize>slot << 2;
  const toAbout = <usize>toSlot << 2;
  store<f32>(scalesOf(to, pitch) + toAbout, load<f32>(scalesOf(from, pitch) + about));
  store<u32>(rowsOf(to, pitch) + toAbout, load<u32>(rowsOf(from, pitch) + about));
}
