import type { RowValues } from '@clipql/core';
import { eachPiece } from './row-pieces.ts';

/** A row and its score. */
export interface RowScore {
  readonly row: number;
  readonly score: number;
}

/**
 * The rows with the highest scores, the highest first; of equal ones the lowest row first.
 *
 * @param scores NaN for rows that are left out.
 * @param most how many.
 * @param atMost rows with a higher score are passed over.
 */
export async function highestRows(
  { rows, values: scores }: RowValues,
  most: number,
  atMost = Number.POSITIVE_INFINITY,
): Promise<readonly RowScore[]> {
  // A heap of places, with the worst of the best on top.
  const heap: number[] = [];
  const isWorse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  const swap = (i: number, j: number) => {
    const place = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = place;
  };
  const rise = (at: number) => {
    for (let i = at; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!isWorse(heap[i]!, heap[parent]!)) return;
      swap(i, parent);
      i = parent;
    }
  };
  const sink = () => {
    for (let i = 0; ; ) {
      let worst = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isWorse(heap[child]!, heap[worst]!)) worst = child;
      }
      if (worst === i) return;
      swap(i, worst);
      i = worst;
    }
  };
  await eachPiece(scores.length, (from, to) => {
    for (let place = from; place < to; place++) {
      const score = scores[place]!;
      // NaN fails it too.
      if (!(score <= atMost)) continue;
      if (heap.length < most) {
        heap.push(place);
        rise(heap.length - 1);
      } else if (score > scores[heap[0]!]!) {
        heap[0] = place;
        sink();
      }
    }
  });
  heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
  return heap.map((place) => ({ row: rows[place]!, score: scores[place]! }));
}
