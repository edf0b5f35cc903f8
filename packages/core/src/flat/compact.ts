import type { LinearMemory } from '../threads/linear-memory.ts';
import {
  LIVE_WORDS,
  liveBits,
  SEGMENT_ROWS,
  type Segment,
  type SegmentLayout,
} from './segment-layout.ts';

/** Moves the rows that are left in some segments, in order, to the front of them: the last ones become empty. */
export function compactSegments(
  memory: LinearMemory,
  layout: SegmentLayout,
  segments: readonly Segment[],
): void {
  let to = 0;
  for (const from of segments) {
    const live = liveBits(memory, layout, from).slice();
    for (const [word, bits] of live.entries()) {
      for (let rest = bits; rest !== 0; rest &= rest - 1) {
        const slot = word * 32 + lowestBit(rest);
        moveRow(
          memory,
          layout,
          from,
          slot,
          segments[Math.floor(to / SEGMENT_ROWS)]!,
          to % SEGMENT_ROWS,
        );
        to++;
      }
    }
  }
  for (const [at, segment] of segments.entries()) {
    segment.count = Math.max(0, Math.min(SEGMENT_ROWS, to - at * SEGMENT_ROWS));
    segment.live = segment.count;
    const bits = liveBits(memory, layout, segment);
    for (let word = 0; word < LIVE_WORDS; word++) bits[word] = lowBits(segment.count - 32 * word);
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/** A word whose lowest `count` bits are set. */
const lowBits = (count: number): number =>
  count >= 32 ? 0xffffffff : count <= 0 ? 0 : 2 ** count - 1;

function moveRow(
  memory: LinearMemory,
  { pitch, dimensions, scales, sums, rows }: SegmentLayout,
  from: Segment,
  slot: number,
  to: Segment,
  toSlot: number,
): void {
  if (from === to && slot === toSlot) return;
  const bytes = memory.bytesAt(0, memory.size);
  const codes = from.address + slot * pitch;
  bytes.copyWithin(to.address + toSlot * pitch, codes, codes + pitch);
  const words = memory.u32(0, memory.size / 4);
  for (const part of [scales, sums, rows]) {
    words[(to.address + part) / 4 + toSlot] = words[(from.address + part) / 4 + slot]!;
  }
  const half = from.halves?.subarray(slot * dimensions, (slot + 1) * dimensions);
  if (half !== undefined) to.halves?.set(half, toSlot * dimensions);
}
