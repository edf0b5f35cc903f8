import type { LinearMemory } from '../threads/linear-memory.ts';
import type { IndexParts } from './index-parts.ts';
import type { FlatKernels } from './kernels.ts';
import {
  LIVE_WORDS,
  liveBits,
  SEGMENT_ROWS,
  type Segment,
  type SegmentLayout,
} from './segment-layout.ts';

/** Segments that are compacted in one turn: some milliseconds' worth. */
const SEGMENTS_A_TURN = 16;

/**
 * Closes the gaps of some segments.
 *
 * @param from the first that may have gaps.
 * @returns where to go on, or undefined at the end.
 */
export function compactTurn(
  { memory, kernels, segments }: Pick<IndexParts, 'memory' | 'kernels' | 'segments'>,
  layout: SegmentLayout,
  from: number,
): number | undefined {
  const { list } = segments;
  const at = list.findIndex(({ live }, i) => i >= from && live < SEGMENT_ROWS);
  if (at === -1) return undefined;
  const some = list.slice(at, at + SEGMENTS_A_TURN);
  const isLast = at + some.length === list.length;
  compactSegments(memory, kernels, layout, some);
  const left = some.filter(({ live }) => live > 0).length;
  segments.dropEmpty();
  // The last of them may have room for the next ones' rows.
  return isLast ? undefined : at + Math.max(0, left - 1);
}

/** Moves the rows that are left in some segments, in order, to the front of them: the last ones become empty. */
function compactSegments(
  memory: LinearMemory,
  kernels: FlatKernels,
  layout: SegmentLayout,
  segments: readonly Segment[],
): void {
  let to = 0;
  for (const from of segments) {
    const live = liveBits(memory, layout, from).slice();
    for (const [word, bits] of live.entries()) {
      for (let rest = bits; rest !== 0; rest &= rest - 1) {
        const slot = word * 32 + lowestBit(rest);
        const target = segments[Math.floor(to / SEGMENT_ROWS)]!;
        const toSlot = to % SEGMENT_ROWS;
        if (from !== target || slot !== toSlot) {
          kernels.moveRow(from.address, slot, target.address, toSlot, layout.pitch);
          moveHalves(from, slot, target, toSlot, layout.dimensions);
        }
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

function moveHalves(
  from: Segment,
  slot: number,
  to: Segment,
  toSlot: number,
  dimensions: number,
): void {
  const row = from.halves?.subarray(slot * dimensions, (slot + 1) * dimensions);
  if (row !== undefined) to.halves?.set(row, toSlot * dimensions);
}
