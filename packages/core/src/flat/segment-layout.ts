import { aligned, type LinearMemory } from '../threads/linear-memory.ts';

/** Rows of a segment, as `assembly/flat/segment.ts` knows them. */
export const SEGMENT_ROWS = 256;
export const LIVE_WORDS = SEGMENT_ROWS / 32;

/** Where the parts of a segment lie, in bytes from its beginning; `assembly/flat/segment.ts` describes them. */
export interface SegmentLayout {
  /** Numbers of a row. */
  readonly dimensions: number;
  /** Bytes of a row's codes. */
  readonly pitch: number;
  readonly rows: number;
  readonly live: number;
  /** Of a whole segment. */
  readonly bytes: number;
}

export function segmentLayout(dimensions: number): SegmentLayout {
  const pitch = Math.ceil(dimensions / 16) * 16;
  const rows = SEGMENT_ROWS * (pitch + 4);
  const live = rows + 4 * SEGMENT_ROWS;
  return { dimensions, pitch, rows, live, bytes: aligned(live + 4 * LIVE_WORDS) };
}

/** 256 rows of an index. */
export interface Segment {
  readonly address: number;
  /** Rows in it, removed ones too. */
  count: number;
  /** Rows in it that are not removed. */
  live: number;
  /** The rows in half precision, [256, E], unless the index reads them elsewhere. */
  readonly halves: Uint16Array | undefined;
}

/** The numbers of a segment's rows, ascending. A view, which is stale when the memory has grown. */
export function rowNumbers(
  memory: LinearMemory,
  { rows }: SegmentLayout,
  { address, count }: Segment,
): Uint32Array {
  return memory.u32(address + rows, count);
}

/** Whether the row in a place of a segment is not removed. @param bits as {@link liveBits} gives them. */
export const isLive = (bits: Uint32Array, slot: number): boolean =>
  ((bits[slot >> 5]! >>> (slot % 32)) & 1) === 1;

/** A bit for each row of a segment that is not removed. A view, as above. */
export function liveBits(
  memory: LinearMemory,
  { live }: SegmentLayout,
  { address }: Segment,
): Uint32Array {
  return memory.u32(address + live, LIVE_WORDS);
}
