import { eachPiece } from './row-pieces.ts';

/**
 * The rows with the highest scores, the highest first; of equal ones the lowest row first.
 *
 * @param scores by row; NaN where there is none.
 * @param most how many.
 * @param atMost rows with a higher score are passed over.
 */
export async function highestRows(
  scores: Float32Array,
  most: number,
  atMost = Number.POSITIVE_INFINITY,
): Promise<readonly number[]> {
  // A heap with the worst of the best on top.
  const heap: number[] = [];
  const isWorse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  const swap = (i: number, j: number) => {
    const row = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = row;
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
    for (let row = from; row < to; row++) {
      const score = scores[row]!;
      // NaN fails it too.
      if (!(score <= atMost)) continue;
      if (heap.length < most) {
        heap.push(row);
        rise(heap.length - 1);
      } else if (score > scores[heap[0]!]!) {
        heap[0] = row;
        sink();
      }
    }
  });
  return heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
}
