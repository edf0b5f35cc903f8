import type { Attending } from '../../../graph/gradient-operands.ts';
import type { Slot } from '../../../graph/step.ts';

/** One query of one head, with the rows of the sequence that it attends to. */
export interface QueryOfHead {
  /** The query's row. */
  readonly query: number;
  /** The first of the head's columns. */
  readonly column: number;
  /** Columns of a head, d. */
  readonly width: number;
  /** The first of the head's columns in a matrix of shares. */
  readonly share: number;
  /** The first row of the sequence among the keys. */
  readonly first: number;
  /** Rows of the sequence. */
  readonly length: number;
}

/** Every query of every head. @param columns of all heads together */
export function* queriesOf(
  { offsets, heads, queries, longest }: Attending<Slot>,
  columns: number,
  i32: Int32Array,
): Generator<QueryOfHead> {
  const width = columns / heads;
  for (let sequence = 0; sequence + 1 < offsets.rows; sequence++) {
    const first = i32[offsets.offset + sequence * offsets.pitch]!;
    const length = i32[offsets.offset + (sequence + 1) * offsets.pitch]! - first;
    const from = queries === undefined ? first : sequence * queries;
    for (let head = 0; head < heads; head++) {
      const place = { column: head * width, width, share: head * longest, first, length };
      for (let i = 0; i < (queries ?? length); i++) yield { ...place, query: from + i };
    }
  }
}
