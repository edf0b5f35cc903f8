/** Numbers of [0, 1), the same for the same seed: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws examples without replacement: for each class, the positions of up to `count` items, in the order in which
 * they were drawn. The first few are what a smaller count draws with the same seed.
 *
 * @param classes the class of each item.
 */
export function drawExamples(
  classes: readonly number[],
  count: number,
  seed: number,
): ReadonlyMap<number, readonly number[]> {
  const positions = Map.groupBy(classes.keys(), (i) => classes[i]!);
  const random = seededRandom(seed);
  const drawn = new Map<number, readonly number[]>();
  for (const label of [...positions.keys()].sort((a, b) => a - b)) {
    const left = positions.get(label)!;
    for (let i = left.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [left[i], left[j]] = [left[j]!, left[i]!];
    }
    drawn.set(label, left.slice(0, count));
  }
  return drawn;
}
