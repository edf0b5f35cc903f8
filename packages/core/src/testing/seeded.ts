/** Numbers in [−1, 1), the same for the same seed: a linear congruential generator mod 2³². */
export function seededNumbers(length: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}

/** Numbers about as a standard normal distribution has them: sums of 12, the same for the same seed. */
export function seededNormal(length: number, seed: number): Float32Array {
  const numbers = seededNumbers(12 * length, seed);
  return Float32Array.from({ length }, (_, i) =>
    numbers.subarray(12 * i, 12 * (i + 1)).reduce((sum, value) => sum + value / 2, 0),
  );
}

/** A seed from a name, so that each weight has its own. */
export function seedOf(name: string): number {
  let hash = 17;
  for (const character of name) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
  return hash;
}
