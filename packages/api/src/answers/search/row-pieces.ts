import { LoopSlices } from '../../limits/loop-slices.ts';

/** Rows between looks at the time: a fraction of a millisecond. */
const ROWS_A_PIECE = 16_384;

/**
 * Goes through rows by their place, a piece at a time, and lets others have their turn between.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function eachPiece(
  rows: number,
  body: (from: number, to: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const slices = new LoopSlices();
  for (let from = 0; from < rows; from += ROWS_A_PIECE) {
    await slices.next();
    signal?.throwIfAborted();
    body(from, Math.min(rows, from + ROWS_A_PIECE));
  }
}
